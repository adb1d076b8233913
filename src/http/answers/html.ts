/** Markup that needs no more escaping. Only {@link html} and {@link trustedMarkup} make it. */
export interface Html {
  readonly kind: 'html';
  readonly markup: string;
}

export type HtmlValue = string | number | Html | readonly Html[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Builds markup: the literal parts stand as they are, every value is escaped for text and for quoted attributes.
 * `undefined` leaves nothing. Never put a value into a tag name, an unquoted attribute, a style or a script.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = parts[0] ?? '';
  values.forEach((value, index) => {
    markup += render(value) + (parts[index + 1] ?? '');
  });
  return { kind: 'html', markup };
}

/** Text of our own source, taken as markup. Never pass anything that came from outside. */
export function trustedMarkup(markup: string): Html {
  return { kind: 'html', markup };
}

function render(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return 'kind' in value ? value.markup : value.map((part) => part.markup).join('');
}

function escapeText(text: string): string {
  // Control characters are not allowed in HTML (13.2.3.5); half a surrogate pair cannot be written as UTF-8.
  return text.replace(
    /[&<>"'`]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\p{Surrogate}/gu,
    (found) => ENTITIES[found] ?? '\ufffd',
  );
}
