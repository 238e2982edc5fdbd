import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  model: string;
  temperature: number;
  messages: { role: string; content: string }[];
  /** Resolves when the client disconnects before the end of the response. */
  closed: Promise<void>;
}
export type Behaviour = (reply: Reply, asked: Asked) => void | Promise<void>;

/** Writes a streamed response in the style of an OpenAI chat endpoint. */
export class Reply {
  constructor(readonly res: ServerResponse) {}
  status(code: number, body: unknown): void {
    this.res.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
  open(): void {
    if (!this.res.headersSent) this.res.writeHead(200, { 'content-type': 'text/event-stream' });
  }
  raw(data: string): void {
    this.open();
    this.res.write(data);
  }
  chunk(delta: object, finish: string | null = null, usage?: object): void {
    const body = {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'test',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(usage ? { usage } : {}),
    };
    this.raw(`data: ${JSON.stringify(body)}\n\n`);
  }
  /** A complete response, one chunk per word. */
  say(
    text: string,
    finish = 'stop',
    usage: object | undefined = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  ): void {
    this.chunk({ role: 'assistant', content: '' });
    for (const word of text.match(/\S+\s*/g) ?? []) this.chunk({ content: word });
    this.chunk({}, finish, usage);
    this.raw('data: [DONE]\n\n');
    this.res.end();
  }
}

/** A real HTTP server on loopback that responds to POST /v1/chat/completions as scripted. */
export async function chatServer(
  behaviour: Behaviour,
): Promise<{ url: string; asked: Asked[]; close(): Promise<void> }> {
  const asked: Asked[] = [];
  const server: Server = createServer((req, res) => {
    void answer(req, res);
  });
  async function answer(req: IncomingMessage, res: ServerResponse) {
    if (req.method !== 'POST' || req.url !== '/v1/chat/completions') {
      res.writeHead(404).end();
      return;
    }
    let body = '';
    for await (const piece of req) body += piece;
    const one = {
      ...JSON.parse(body),
      closed: new Promise<void>((resolve) => res.on('close', () => !res.writableFinished && resolve())),
    } as Asked;
    asked.push(one);
    await behaviour(new Reply(res), one);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
