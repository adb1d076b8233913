import { type Html, html, trustedMarkup } from './html.js';
import { STYLE } from './style.js';

export interface PageInput {
  /** Title and only `h1`. */
  readonly heading: string;
  readonly content: Html;
  /** Shown small below; undefined leaves it out. */
  readonly requestId: string | undefined;
}

/** A whole page of our own: no script, no other request, readable without its style. */
export function renderPage({ heading, content, requestId }: PageInput): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${heading}</title>
<link rel="icon" href="data:,">
<style>${trustedMarkup(STYLE)}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${content}
${requestId === undefined ? undefined : html`<p class="quiet">Request <code>${requestId}</code></p>`}
</main>
</body>
</html>
`;
  return page.markup;
}

/** A person or place to turn to: linked where it is a mail address or an https URL, else as written. */
export function contactMarkup(contact: string): Html {
  if (/^[^\s@:/?#]+@[^\s@:/?#]+$/.test(contact)) return html`<a href="mailto:${contact}">${contact}</a>`;
  if (/^https:\/\/[^\s]+$/.test(contact)) return html`<a href="${contact}">${contact}</a>`;
  return html`${contact}`;
}
