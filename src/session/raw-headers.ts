/** Header fields as received, in order: name in the sender's case, value without surrounding white space. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];
