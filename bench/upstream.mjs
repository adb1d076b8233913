// Answers every request at once with one kilobyte of JSON, like a small page of a list.
import { createServer } from 'node:http';

const body = JSON.stringify({ dags: 'x'.repeat(1000) });
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
