import { statSync } from 'node:fs';
import type { Config } from '../config.js';
import type { Finding } from '../finding.js';
import { LOGO_TYPES } from '../load-logo.js';

/** The logo is part of every page. */
const MAX_LOGO_BYTES = 16_384;

/** One logo, of a kind that browsers show, small enough to be part of every page. */
export function checkBranding({ branding: { logo, logoData } }: Config): Finding[] {
  if (logo === undefined) return [];
  const path = ['branding', 'logo'];
  if (logoData !== undefined)
    return [{ path, message: '`branding.logo` stands beside `branding.logoData`; keep one of them' }];
  const known = Object.keys(LOGO_TYPES).some((ending) => logo.toLowerCase().endsWith(ending));
  if (!known) return [{ path, message: '`branding.logo` must be an .svg, .png or .webp file' }];
  // A file that cannot be read was told already.
  const bytes = statSync(logo, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes <= MAX_LOGO_BYTES) return [];
  return [
    {
      path,
      message: `\`branding.logo\` is ${bytes} bytes long, and every page would carry it; make it ${MAX_LOGO_BYTES} at most`,
    },
  ];
}
