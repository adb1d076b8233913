import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COOKIE, type RunningGateway } from '../e2e/fixtures/gateway.js';
import { PEOPLE, type Person } from '../e2e/fixtures/people.js';
import { type Attack, type Caller, CORPUS, fillIn } from './corpus.js';
import type { OutgoingMessage } from './outgoing.js';
import { type Recorder, startRecorder } from './recorder.js';
import { BASES, type RawExchange, sendRaw, startProduct } from './rig.js';

/** The built product, attacked over raw sockets; the recorder behind it keeps every byte it was sent. */
describe('the corpus of attacks', () => {
  let gateway: RunningGateway;
  let recorder: Recorder;
  const values = new Map<string, string>();
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    recorder = await startRecorder();
    gateway = await startProduct(recorder.port);
    values.set('host', `localhost:${gateway.publicPort}`).set('origin', gateway.publicUrl);
    for (const [name, base] of Object.entries(BASES)) values.set(name, base);
    for (const person of Object.keys(PEOPLE) as Person[]) {
      const token = await gateway.platform.mint(person);
      tokens.set(person, token);
      values.set(`token:${person}`, token);
      values.set(`auth:${person}`, `Authorization: Bearer ${token}`);
      values.set(`cookie:${person}`, `${COOKIE}=${token}`);
    }
    values.set('token:expired', await gateway.platform.mint('ada', { ttlSeconds: -60 }));
  }, 60_000);

  afterAll(async () => {
    await gateway?.stop();
    recorder?.close();
  });

  describe.each(CORPUS)('$file', ({ attacks }) => {
    it.each(attacks)('$id', async (attack) => {
      const broken: string[] = [];
      for (const sent of messagesOf(attack)) {
        const exchange = await sendRaw(gateway.publicPort, sent, {
          answers: attack.answers,
          untilClosed: attack.closed,
          split: attack.split,
          halfClose: attack.halfClose,
        });
        if (attack.settleMs > 0) await new Promise((resolve) => setTimeout(resolve, attack.settleMs));
        const { messages, faults } = recorder.take();
        const wrong = [
          ...checkAnswer(attack, exchange),
          ...checkUpstream(attack, messages),
          ...faults.map((fault) => `outgoing bytes: ${fault}`),
          ...leaks(messages),
        ];
        if (wrong.length > 0) broken.push(`${JSON.stringify(sent.slice(0, 160))}: ${wrong.join('; ')}`);
      }
      expect(broken).toEqual([]);
    });
  });

  it('lets a strict and a lenient server count the same requests', () => {
    const { strict, lenient } = recorder.counts();
    expect(strict).toBeGreaterThan(20);
    expect(lenient).toBe(strict);
  });

  it('leaves one record of every request that was not forwarded, without a token', () => {
    const records = gateway.auditRecords();
    expect(records.length).toBeGreaterThan(300);
    const text = JSON.stringify(records);
    for (const token of tokens.values()) expect(text).not.toContain(token.split('.')[2]);
  });

  it('is still alive and ready', async () => {
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
  });

  function messagesOf(attack: Attack): string[] {
    if (attack.raw !== undefined) return attack.raw.map((text) => fillIn(text, values));
    return (attack.targets ?? []).flatMap((target) =>
      attack.as.map((caller) => plainMessage(attack, target, caller)),
    );
  }

  function plainMessage({ method, headers, body }: Attack, target: string, caller: Caller): string {
    const lines = [
      `${method} ${target} HTTP/1.1`,
      'Host: {host}',
      ...(caller === 'anonymous' ? [] : [`{auth:${caller}}`]),
      ...headers,
      ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
    ];
    return fillIn(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`, values);
  }

  function checkAnswer(attack: Attack, { answers, interim, closed, bytes }: RawExchange): string[] {
    const wrong: string[] = [];
    if (answers.length !== attack.answers) {
      return [`${answers.length} answers, not ${attack.answers}: ${JSON.stringify(bytes.slice(0, 200))}`];
    }
    for (const { status, headers } of answers) {
      const reason = headers.get('x-auth-proxy-reason') ?? '';
      if (!attack.status.includes(status)) wrong.push(`answered ${status} ${reason}`);
      if (attack.reason !== undefined && !attack.reason.includes(reason)) wrong.push(`reason \`${reason}\``);
      for (const name of attack.answerAbsent) if (headers.has(name)) wrong.push(`answered with \`${name}\``);
      for (const [name, value] of Object.entries(attack.answerExact)) {
        if (headers.get(name) !== fillIn(value, values))
          wrong.push(`\`${name}\` is \`${headers.get(name)}\``);
      }
    }
    if (interim !== attack.interim) wrong.push(`${interim} interim answers`);
    if (attack.closed && !closed) wrong.push('the connection stayed open');
    return wrong;
  }

  function checkUpstream(attack: Attack, messages: readonly OutgoingMessage[]): string[] {
    if (messages.length !== attack.upstream)
      return [`${messages.length} requests upstream, not ${attack.upstream}`];
    return messages.flatMap(({ target, headers, body }) => {
      const wrong: string[] = [];
      const value = (name: string) => headers.find(([one]) => one === name)?.[1];
      if (attack.target !== undefined && target !== fillIn(attack.target, values))
        wrong.push(`forwarded ${target}`);
      if (attack.cookie !== undefined && (value('cookie') ?? '') !== attack.cookie) {
        wrong.push(`cookie \`${value('cookie')}\``);
      }
      if (attack.bodySeen !== undefined && body !== attack.bodySeen)
        wrong.push(`body ${JSON.stringify(body)}`);
      for (const name of attack.absent) if (value(name) !== undefined) wrong.push(`forwarded \`${name}\``);
      for (const [name, exact] of Object.entries(attack.exact)) {
        if (value(name) !== fillIn(exact, values)) wrong.push(`\`${name}\` upstream is \`${value(name)}\``);
      }
      return wrong;
    });
  }

  /** Law 5 on every message, whatever the row says. */
  function leaks(messages: readonly OutgoingMessage[]): string[] {
    const text = JSON.stringify(messages);
    return [...tokens]
      .filter(([, token]) => text.includes(token))
      .map(([person]) => `the token of ${person} went upstream`);
  }
});
