/** How an operator calls and marks this place. */
export interface Brand {
  readonly name: string;
  /** A `data:` URL of an image, checked when the configuration was loaded. */
  readonly logo: string | undefined;
}
