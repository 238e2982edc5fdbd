import { createTranslator } from 'use-intl/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { uploadMedia } from '@/components/media/upload-media';
import { type ChosenFile, uploadFile } from '@/components/products/upload';
import { messagesOf } from '@/i18n/messages';
import { MAX_FILE_BYTES, MAX_MEDIA_BYTES, tooLarge } from '@/server/domains/files/limits';
import type { SendEnd, SendProgress } from './send-file';
import { sendWords } from './send-words';

const words = sendWords(
  createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'files' }),
  'en',
);
const inWords = <T>(end: SendEnd<T>) =>
  end.kind === 'failed' ? { ...end, problem: words.problem(end.problem) } : end;

/** A browser's request, as far as an upload uses it. */
class FakeRequest {
  static last: FakeRequest;
  static made = 0;
  upload: { onprogress?: (e: object) => void; onload?: () => void } = {};
  onloadend: (() => void) | undefined;
  responseType = '';
  status = 0;
  response: unknown = null;
  sent: FormData | File | undefined;
  address = '';
  readonly headers: Record<string, string> = {};
  constructor() {
    FakeRequest.last = this;
    FakeRequest.made++;
  }
  open(method: string, address: string) {
    this.address = `${method} ${address}`;
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  send(body: FormData | File) {
    this.sent = body;
  }
  abort() {
    this.onloadend?.();
  }
  answer(status: number, response: unknown) {
    this.status = status;
    this.response = response;
    this.onloadend?.();
  }
}

let told: SendProgress[];
let ends: SendEnd<ChosenFile>[];
beforeEach(() => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  FakeRequest.made = 0;
  told = [];
  ends = [];
});
const file = new File([new Uint8Array(2 * 1024 * 1024)], 'log.pdf');
const begin = () => uploadFile(file, { onProgress: (p) => told.push(p), onEnd: (e) => ends.push(e) });

test('tells how much has left, then that it is checked, then what was saved', () => {
  begin();
  const request = FakeRequest.last;
  expect(request.address).toBe('POST /api/files');
  expect(request.sent).toBeInstanceOf(FormData);
  expect((request.sent as FormData).get('file')).toBeInstanceOf(File);
  request.upload.onprogress?.({ loaded: 1024 * 1024, total: 2 * 1024 * 1024, lengthComputable: true });
  // The form around the file is counted too; no more of the file can have left than there is.
  request.upload.onprogress?.({
    loaded: 2.1 * 1024 * 1024,
    total: 2.1 * 1024 * 1024,
    lengthComputable: true,
  });
  request.upload.onload?.();
  request.answer(201, { id: 'fil_1', name: 'log.pdf', mime: 'application/pdf', bytes: 5 });
  expect(
    told.map((p) => ({ ...(p.part === undefined ? {} : { part: p.part }), words: words.progress(p) })),
  ).toEqual([
    { part: 0, words: '0 of 2.0 MB' },
    { part: 50, words: '1.0 MB of 2.0 MB' },
    { part: 100, words: '2.0 MB of 2.0 MB' },
    { words: 'Uploaded. Checking the file' },
  ]);
  expect(ends).toEqual([
    { kind: 'saved', file: { id: 'fil_1', name: 'log.pdf', mime: 'application/pdf', bytes: 5 } },
  ]);
});

test('says why it was not taken, and when it did not arrive; only the latter is worth another attempt', () => {
  begin();
  FakeRequest.last.answer(413, { message: 'This file is larger than 20 MB.' });
  begin();
  FakeRequest.last.answer(0, null);
  begin();
  FakeRequest.last.answer(503, { message: 'We are starting.' });
  // An answer that was cut off is none.
  begin();
  FakeRequest.last.answer(201, null);
  const lost = 'The upload did not arrive. Check your connection and try again.';
  expect(ends.map(inWords)).toEqual([
    { kind: 'failed', problem: 'This file is larger than 20 MB.', again: false },
    { kind: 'failed', problem: lost, again: true },
    { kind: 'failed', problem: 'We are starting.', again: true },
    { kind: 'failed', problem: lost, again: true },
  ]);
});

test('is no failure when the person cancels it', () => {
  const cancel = begin();
  cancel();
  expect(ends).toEqual([{ kind: 'cancelled' }]);
});

test('a picture of a post is the body itself, with its name, and answers what it is', () => {
  let end: unknown;
  uploadMedia(new File(['x'], 'my cat.png'), { onProgress: () => {}, onEnd: (e) => (end = e) });
  const { last } = FakeRequest;
  expect(last.address).toBe('POST /api/media?name=my%20cat.png');
  expect(last.headers).toEqual({ 'content-type': 'application/octet-stream' });
  expect(last.sent).toBeInstanceOf(File);
  const facts = { mime: 'image/png', bytes: 1, kind: 'picture', width: 2, height: 3, durationMs: null };
  last.answer(201, { id: 'fil_2', name: 'my cat.png', ...facts });
  expect(end).toEqual({
    kind: 'saved',
    file: { fileId: 'fil_2', name: 'my cat.png', alt: '', ...facts },
  });
});

test('a file that the server would not take for its size is not sent at all, and told in its words', () => {
  const large = (size: number) => Object.defineProperty(new File([], 'big'), 'size', { value: size });
  const onEnd = vi.fn();
  uploadMedia(large(MAX_MEDIA_BYTES + 1), { onProgress: () => {}, onEnd });
  uploadFile(large(MAX_FILE_BYTES + 1), { onProgress: () => {}, onEnd });
  expect(FakeRequest.made).toBe(0);
  expect(onEnd.mock.calls.map(([end]) => inWords(end))).toEqual(
    [MAX_MEDIA_BYTES, MAX_FILE_BYTES].map((most) => ({
      kind: 'failed',
      problem: tooLarge(most).message,
      again: false,
    })),
  );
  uploadMedia(large(MAX_MEDIA_BYTES), { onProgress: () => {}, onEnd });
  uploadFile(large(MAX_FILE_BYTES), { onProgress: () => {}, onEnd });
  expect(FakeRequest.made).toBe(2);
});
