import { beforeEach, expect, test, vi } from 'vitest';
import { type UploadEnd, type UploadProgress, uploadFile } from './upload';

/** A browser's request, as far as an upload uses it. */
class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?: (e: object) => void; onload?: () => void } = {};
  onloadend: (() => void) | undefined;
  responseType = '';
  status = 0;
  response: unknown = null;
  sent: FormData | undefined;
  address = '';
  constructor() {
    FakeRequest.last = this;
  }
  open(method: string, address: string) {
    this.address = `${method} ${address}`;
  }
  send(form: FormData) {
    this.sent = form;
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

let told: UploadProgress[];
let ends: UploadEnd[];
beforeEach(() => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  told = [];
  ends = [];
});
const file = new File([new Uint8Array(2 * 1024 * 1024)], 'log.pdf');
const begin = () => uploadFile(file, { onProgress: (p) => told.push(p), onEnd: (e) => ends.push(e) });

test('tells how much has left, then that it is checked, then what was saved', () => {
  begin();
  const request = FakeRequest.last;
  expect(request.address).toBe('POST /api/files');
  expect(request.sent?.get('file')).toBeInstanceOf(File);
  request.upload.onprogress?.({ loaded: 1024 * 1024, total: 2 * 1024 * 1024, lengthComputable: true });
  // The form around the file is counted too; no more of the file can have left than there is.
  request.upload.onprogress?.({
    loaded: 2.1 * 1024 * 1024,
    total: 2.1 * 1024 * 1024,
    lengthComputable: true,
  });
  request.upload.onload?.();
  request.answer(201, { id: 'fil_1', name: 'log.pdf', mime: 'application/pdf', bytes: 5 });
  expect(told).toEqual([
    { part: 0, words: '0 of 2.0 MB' },
    { part: 50, words: '1.0 MB of 2.0 MB' },
    { part: 100, words: '2.0 MB of 2.0 MB' },
    { words: 'Uploaded. Checking the file' },
  ]);
  expect(ends).toEqual([
    { kind: 'saved', file: { id: 'fil_1', name: 'log.pdf', mime: 'application/pdf', bytes: 5 } },
  ]);
});

test('says why it was not taken, and when it did not arrive', () => {
  begin();
  FakeRequest.last.answer(413, { message: 'This file is larger than 20 MB.' });
  begin();
  FakeRequest.last.answer(0, null);
  expect(ends).toEqual([
    { kind: 'failed', problem: 'This file is larger than 20 MB.' },
    { kind: 'failed', problem: 'The upload did not arrive. Check your connection and try again.' },
  ]);
});

test('is no failure when the person cancels it', () => {
  const cancel = begin();
  cancel();
  expect(ends).toEqual([{ kind: 'cancelled' }]);
});
