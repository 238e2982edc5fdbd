import { createTranslator } from 'use-intl/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { uploadMedia } from '@/components/media/upload-media';
import { type ChosenFile, uploadFile } from '@/components/products/upload';
import { messagesOf } from '@/i18n/messages';
import { MAX_FILE_BYTES, MAX_MEDIA_BYTES, tooLarge } from '@/server/domains/files/limits';
import type { SendProgress, UploadResult } from './send-file';
import { uploadTexts } from './upload-texts';

const words = uploadTexts(
  createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'files' }),
  'en',
);
const inWords = <T>(end: UploadResult<T>) =>
  end.kind === 'failed' ? { ...end, problem: words.problem(end.problem) } : end;

/** The parts of XMLHttpRequest that an upload uses. */
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
let ends: UploadResult<ChosenFile>[];
beforeEach(() => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  FakeRequest.made = 0;
  told = [];
  ends = [];
});
const file = new File([new Uint8Array(2 * 1024 * 1024)], 'log.pdf');
const begin = () => uploadFile(file, { onProgress: (p) => told.push(p), onEnd: (e) => ends.push(e) });

test('reports how much has been sent, then the check, then the saved file', () => {
  begin();
  const request = FakeRequest.last;
  expect(request.address).toBe('POST /api/files');
  expect(request.sent).toBeInstanceOf(FormData);
  expect((request.sent as FormData).get('file')).toBeInstanceOf(File);
  request.upload.onprogress?.({ loaded: 1024 * 1024, total: 2 * 1024 * 1024, lengthComputable: true });
  // The browser also counts the form around the file; the progress must not exceed the file's size.
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

test('reports why a file was refused and when it did not arrive; only the latter is worth a retry', () => {
  begin();
  FakeRequest.last.answer(413, { message: 'This file is larger than 20 MB.' });
  begin();
  FakeRequest.last.answer(0, null);
  begin();
  FakeRequest.last.answer(503, { message: 'We are starting.' });
  // A truncated response counts as none.
  begin();
  FakeRequest.last.answer(201, null);
  const lost = 'The upload failed. Check your connection and try again.';
  expect(ends.map(inWords)).toEqual([
    { kind: 'failed', problem: 'This file is larger than 20 MB.', again: false },
    { kind: 'failed', problem: lost, again: true },
    { kind: 'failed', problem: 'We are starting.', again: true },
    { kind: 'failed', problem: lost, again: true },
  ]);
});

test('reports no failure when the user cancels', () => {
  const cancel = begin();
  cancel();
  expect(ends).toEqual([{ kind: 'cancelled' }]);
});

test("sends a post's picture as the request body with its name, and returns its properties", () => {
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

test("does not send a file beyond the size limit, and reports it with the server's message", () => {
  const large = (size: number) => Object.defineProperty(new File([], 'big'), 'size', { value: size });
  const onEnd = vi.fn();
  uploadMedia(large(MAX_MEDIA_BYTES + 1), { onProgress: () => {}, onEnd });
  uploadFile(large(MAX_FILE_BYTES + 1), { onProgress: () => {}, onEnd });
  expect(FakeRequest.made).toBe(0);
  expect(onEnd.mock.calls.map(([end]) => inWords(end))).toEqual(
    [MAX_MEDIA_BYTES, MAX_FILE_BYTES].map((most) => ({
      kind: 'failed',
      problem: tooLarge(most, most + 1).message,
      again: false,
    })),
  );
  uploadMedia(large(MAX_MEDIA_BYTES), { onProgress: () => {}, onEnd });
  uploadFile(large(MAX_FILE_BYTES), { onProgress: () => {}, onEnd });
  expect(FakeRequest.made).toBe(2);
});
