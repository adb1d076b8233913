import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Config } from './config.js';

/** Images a page may carry, by the file's ending. As an `img` an SVG runs no script (SVG 2, 2.3). */
export const LOGO_TYPES = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
} as const satisfies Record<string, string>;

/** The logo as a `data:` URL, so that pages need no second request; undefined without one. Checked before. */
export function loadLogo({ branding: { logo, logoData } }: Config): string | undefined {
  if (logo === undefined) return logoData;
  const type = Object.entries(LOGO_TYPES).find(([ending]) => extname(logo).toLowerCase() === ending)?.[1];
  if (type === undefined) throw new TypeError('a logo of an unknown kind');
  return `data:${type};base64,${readFileSync(logo).toString('base64')}`;
}
