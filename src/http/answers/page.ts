import type { Brand } from './brand.js';
import { type Html, html, trustedMarkup } from './html.js';
import { STYLE } from './style.js';

export interface PageInput {
  /** Title and only `h1`. */
  readonly heading: string;
  readonly content: Html;
  /** Shown small below; undefined leaves it out. */
  readonly requestId: string | undefined;
  /** Head of the page; undefined leaves it out. */
  readonly brand?: Brand | undefined;
  /** A card for one message, or room for lists. Default `card`. */
  readonly layout?: 'card' | 'wide' | undefined;
  /** Stands in the head beside the brand. */
  readonly person?: Html | undefined;
}

/** A whole page of our own: no script, no other request, readable without its style. */
export function renderPage(input: PageInput): string {
  const { heading, content, requestId, brand, layout = 'card', person } = input;
  const title = brand === undefined ? heading : `${heading} · ${brand.name}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trustedMarkup(STYLE)}</style>
</head>
<body class="${layout}">${brand === undefined ? undefined : headMarkup(brand, layout, person)}
<main id="main">
<h1>${heading}</h1>
${content}
${requestId === undefined ? undefined : html`<p class="quiet">Request <code>${requestId}</code></p>`}
</main>
</body>
</html>
`;
  return page.markup;
}

function headMarkup({ name, logo }: Brand, layout: 'card' | 'wide', person: Html | undefined): Html {
  const image = logo === undefined ? undefined : html`<img src="${logo}" alt="" height="28">`;
  const skip = layout === 'wide' ? html`<a class="skip" href="#main">Skip to content</a>` : undefined;
  return html`
<header>${skip}<span class="brand">${image}${name}</span>${person}</header>`;
}

/** A person or place to turn to: linked where it is a mail address or an https URL, else as written. */
export function contactMarkup(contact: string): Html {
  if (/^[^\s@:/?#]+@[^\s@:/?#]+$/.test(contact)) return html`<a href="mailto:${contact}">${contact}</a>`;
  if (/^https:\/\/[^\s]+$/.test(contact)) return html`<a href="${contact}">${contact}</a>`;
  return html`${contact}`;
}
