import type { Authenticated } from './identity.js';
import type { Level } from './role.js';

/** One role somebody holds somewhere. Only a role source makes it. */
export type Binding =
  | { readonly scope: 'SYSTEM'; readonly level: Level; readonly source: string }
  | { readonly scope: 'WORKSPACE'; readonly id: string; readonly level: Level; readonly source: string }
  | { readonly scope: 'DEPLOYMENT'; readonly id: string; readonly level: Level; readonly source: string };

/** What one role source said. `found` with no bindings means: asked, and there are none. */
export type SourceAnswer =
  | {
      readonly kind: 'found';
      readonly bindings: readonly Binding[];
      /** When this was true, epoch milliseconds. */
      readonly asOf: number;
      /** The source is away and this is the last it said: good enough for reads only. */
      readonly stale?: true | undefined;
    }
  | { readonly kind: 'unavailable'; readonly source: string; readonly cause: string };

/**
 * Answers with all bindings of a caller, whatever they reach. Never throws: what fails is `unavailable`.
 * The caller was authenticated before; `claims` may be believed.
 */
export interface RoleSource {
  readonly name: string;
  find(caller: Authenticated, signal: AbortSignal): Promise<SourceAnswer>;
}

/** The union over all sources. It is complete where `unavailable` and `stale` are empty. */
export interface Bindings {
  readonly bindings: readonly Binding[];
  /** The sources that did not answer. */
  readonly unavailable: readonly string[];
  /** The sources that are away and whose last word stands in `bindings`. Absent: none. */
  readonly stale?: readonly string[] | undefined;
}

export const NO_BINDINGS: Bindings = { bindings: [], unavailable: [] };
