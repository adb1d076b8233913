import type { Bindings, RoleSource, SourceAnswer } from '../domain/binding.js';
import { AuthProxyError } from '../domain/errors.js';
import type { Authenticated } from '../domain/identity.js';
import { withDeadline } from './deadline.js';

export interface BindingsResolverOptions {
  /** Longest time one source may take, milliseconds; then it counts as unavailable. */
  readonly timeoutMs: number;
  /** For metrics and logs: what each source said. */
  readonly onAnswer?: (source: string, answer: SourceAnswer) => void;
}

/** Never rejects. */
export type ResolveBindings = (caller: Authenticated) => Promise<Bindings>;

/**
 * Asks all sources in parallel and joins what they say. A source that throws or takes too long is named as
 * unavailable; it is never read as "no bindings".
 *
 * @throws {AuthProxyError} `config` when there is no source or two have one name
 */
export function createBindingsResolver(
  sources: readonly RoleSource[],
  options: BindingsResolverOptions,
): ResolveBindings {
  const { timeoutMs, onAnswer = () => {} } = options;
  if (sources.length === 0) {
    throw new AuthProxyError('config', 'no role source is configured; add one under roles.sources');
  }
  const names = sources.map((source) => source.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new AuthProxyError('config', `role source \`${twice}\` is listed twice; remove one`);

  async function ask(source: RoleSource, caller: Authenticated): Promise<SourceAnswer> {
    const answer = await withDeadline(
      (signal) => source.find(caller, signal),
      timeoutMs,
      (cause): SourceAnswer => ({ kind: 'unavailable', source: source.name, cause }),
    );
    onAnswer(source.name, answer);
    return answer;
  }

  return async function resolveBindings(caller) {
    const answers = await Promise.all(sources.map((source) => ask(source, caller)));
    const stale = answers.flatMap((answer, index) =>
      answer.kind === 'found' && answer.stale === true ? [names[index] ?? ''] : [],
    );
    return {
      ...(stale.length === 0 ? {} : { stale }),
      bindings: answers.flatMap((answer) => (answer.kind === 'found' ? answer.bindings : [])),
      unavailable: answers.flatMap((answer) => (answer.kind === 'unavailable' ? [answer.source] : [])),
    };
  };
}
