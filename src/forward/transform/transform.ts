/**
 * Changes the body of one 200 `application/json` answer, held in memory up to `limitBytes`. Any other 2xx makes the
 * request fail, since passing it on would show what the transform hides; 3xx to 5xx pass unchanged.
 */
export interface BodyTransform {
  readonly name: string;
  readonly limitBytes: number;
  /** The new body; undefined when this is not the document the transform knows. Never throws. */
  apply(body: Buffer): Buffer | undefined;
}

/** Enough for any menu; a body above it is not the document expected. */
export const TRANSFORM_LIMIT_BYTES = 1024 * 1024;
