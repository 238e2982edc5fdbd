import { createTranslator } from 'use-intl/core';
import { beforeEach, expect, test, vi } from 'vitest';
import type { SendProgress, UploadResult } from '@/components/files/send-file';
import { messagesOf } from '@/i18n/messages';
import type { MediaDraft } from './types';
import {
  AT_ONCE,
  insertInOrder,
  pending,
  type Upload,
  type UploadQueue,
  uploadBlockReason,
  uploadQueue,
} from './upload-queue';

const media = (fileId: string): MediaDraft => ({
  fileId,
  alt: '',
  kind: 'picture',
  mime: 'image/png',
  bytes: 1,
  width: 1,
  height: 1,
  durationMs: null,
});
const files = (...names: string[]) => names.map((name) => new File(['x'], name, { type: 'image/png' }));

/** The uploads in progress; each can be completed. */
let sent: {
  name: string;
  stop: ReturnType<typeof vi.fn>;
  onProgress(progress: SendProgress): void;
  onEnd(end: UploadResult<MediaDraft>): void;
}[];
let uploads: readonly Upload[];
let texts: Record<string, MediaDraft[]>;
let queue: UploadQueue;
beforeEach(() => {
  sent = [];
  uploads = [];
  texts = {};
  queue = uploadQueue({
    send: (file, told) => {
      const stop = vi.fn(() => told.onEnd({ kind: 'cancelled' }));
      sent.push({ name: file.name, stop, ...told });
      return stop;
    },
    onChange: (now) => {
      uploads = now;
    },
    onSaved: (platform, one, later) => {
      texts[platform] = insertInOrder(texts[platform] ?? [], one, later);
    },
  });
});
const under = (name: string) => {
  const found = sent.findLast((one) => one.name === name);
  if (!found) throw new Error(`The upload of ${name} did not start`);
  return found;
};
const save = (name: string) => under(name).onEnd({ kind: 'saved', file: media(name) });
const fail = (name: string, again = true) =>
  under(name).onEnd({ kind: 'failed', problem: { why: 'lost' }, again });
const order = (platform = 'x') => (texts[platform] ?? []).map((m) => m.fileId);
const states = () => uploads.map((one) => `${one.file.name} ${one.state}`);
const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'media' });
const held = (platforms = ['x']) =>
  uploadBlockReason(uploads, platforms, (p) => p.toUpperCase(), t)?.words ?? null;

test('uploads a few at a time, the others in turn, whatever their platform', () => {
  queue.add('x', files('a', 'b', 'c', 'd'));
  queue.add('facebook', files('e'));
  expect(sent.map((one) => one.name)).toEqual(['a', 'b', 'c']);
  expect(AT_ONCE).toBe(3);
  save('b');
  expect(sent.map((one) => one.name)).toEqual(['a', 'b', 'c', 'd']);
  fail('a');
  expect(sent.map((one) => one.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  save('c');
  save('d');
  save('e');
  expect(sent).toHaveLength(5);
});

test('files are placed in the order in which they were chosen, whatever order they arrive in', () => {
  texts.x = [media('old')];
  queue.add('x', files('a', 'b', 'c'));
  save('c');
  save('a');
  expect(order()).toEqual(['old', 'a', 'c']);
  save('b');
  expect(order()).toEqual(['old', 'a', 'b', 'c']);
  expect(uploads).toEqual([]);
});

test('files chosen later come after the first ones, even if they arrive sooner', () => {
  queue.add('x', files('a', 'b'));
  queue.add('x', files('c'));
  save('c');
  save('b');
  save('a');
  expect(order()).toEqual(['a', 'b', 'c']);
});

test('files that the user moved meanwhile stay where they are', () => {
  queue.add('x', files('a', 'b', 'c'));
  save('b');
  save('c');
  texts.x = [media('c'), media('b')];
  save('a');
  expect(order()).toEqual(['c', 'a', 'b']);
  // The earlier order does not affect files chosen now.
  queue.add('x', files('d', 'e'));
  save('e');
  save('d');
  expect(order()).toEqual(['c', 'a', 'b', 'd', 'e']);
});

test('a failed upload holds the post back, keeps its place and can be retried', () => {
  queue.add('x', files('a', 'b'));
  expect(held()).toBe('The pictures are still uploading.');
  fail('a');
  save('b');
  expect(states()).toEqual(['a failed', 'b saved']);
  expect(pending(uploads, ['x'])).toEqual([]);
  expect(held()).toBe('A picture was not uploaded. Try it again or remove it.');
  expect(held(['x', 'facebook'])).toBe('A picture for X was not uploaded. Try it again or remove it.');
  expect(held(['facebook'])).toBeNull();
  const [failed] = uploads;
  queue.retry(failed?.key ?? 0);
  expect(held()).toBe('The picture is still uploading.');
  save('a');
  expect(order()).toEqual(['a', 'b']);
  expect(uploads).toEqual([]);
  expect(held()).toBeNull();
});

test('a file that the server refuses cannot be retried', () => {
  queue.add('x', files('a'));
  fail('a', false);
  expect(held()).toBe('A picture was not uploaded. Remove it or choose another file.');
  queue.remove(uploads[0]?.key ?? 0);
  expect(held()).toBeNull();
  expect(uploads).toEqual([]);
});

test('a file that fails before it starts frees its place for the next', () => {
  const ended: string[] = [];
  const at = uploadQueue({
    send: (file, told) => {
      ended.push(file.name);
      told.onEnd({ kind: 'failed', problem: { why: 'tooLarge', most: 1, size: 2 }, again: false });
      return () => {};
    },
    onChange: (now) => {
      uploads = now;
    },
    onSaved: () => {},
  });
  at.add('x', files('a', 'b', 'c', 'd', 'e'));
  expect(ended.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(states()).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `${name} failed`));
});

test('cancelling ends an upload, keeps the others and starts the next; its late result is ignored', () => {
  queue.add('x', files('a', 'b', 'c', 'd'));
  const [, second] = uploads;
  queue.remove(second?.key ?? 0);
  expect(under('b').stop).toHaveBeenCalledOnce();
  expect(states()).toEqual(['a running', 'c running', 'd running']);
  save('b');
  expect(order()).toEqual([]);
  save('a');
  save('d');
  save('c');
  expect(order()).toEqual(['a', 'c', 'd']);
});

test('leaving ends all uploads, including waiting ones', () => {
  queue.add('x', files('a', 'b', 'c', 'd'));
  queue.clear();
  expect(uploads).toEqual([]);
  expect(sent.map((one) => one.stop.mock.calls.length)).toEqual([1, 1, 1]);
  expect(sent).toHaveLength(3);
});

test('reports the progress', () => {
  queue.add('x', files('a'));
  expect(uploads[0]?.progress).toEqual({
    part: 0,
    step: { at: 'sending', sent: 0, size: 1 },
  });
  under('a').onProgress({ part: 40, step: { at: 'uploading' } });
  expect(uploads[0]?.progress.part).toBe(40);
});

test('a file is placed only once', () => {
  expect(insertInOrder([media('a')], media('a'), [])).toEqual([media('a')]);
});
