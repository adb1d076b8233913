import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { createAnswer, jsonAnswer, sendAnswer } from '../../../src/http/answers/answer.js';

const server = createServer((req, res) => sendAnswer(res, jsonAnswer(418, 'req-1', { a: 'é' }), req.method));

describe('sendAnswer', () => {
  it('sends status, headers and body', async () => {
    const answer = await request(server).get('/');
    expect(answer.status).toBe(418);
    expect(answer.body).toEqual({ a: 'é' });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-request-id': 'req-1' });
  });

  it('sends HEAD the same head and no body', async () => {
    const answer = await request(server).head('/');
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength('{"a":"é"}')));
    expect(answer.text).toBeFalsy();
  });
});

describe('createAnswer', () => {
  it('has no length where there can be no content', () => {
    const { headers } = createAnswer({ status: 204, requestId: 'r', contentType: undefined, body: '' });
    expect(headers).not.toHaveProperty('content-length');
    expect(headers).not.toHaveProperty('content-type');
  });
});
