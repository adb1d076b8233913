import * as z from 'zod';
import { inputPath, printable } from './primitives.js';

export const branding = z
  .strictObject({
    name: printable(64)
      .default('Airflow')
      .describe('What people call this place: in the head of our own pages.'),
    logo: inputPath()
      .optional()
      .describe(
        'Image beside the name: an SVG, PNG or WebP file of 16 KiB at most. It becomes part of each page.',
      ),
    logoData: z
      .string()
      .max(24_576)
      .regex(
        /^data:image\/(?:svg\+xml|png|webp);base64,[A-Za-z0-9+/]+={0,2}$/,
        'must be a `data:` URL of an SVG, PNG or WebP image in base64',
      )
      .optional()
      .describe('The same image as a `data:` URL, in place of `logo`.'),
  })
  .prefault({})
  .describe('How our own pages look.');
