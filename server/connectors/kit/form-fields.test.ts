import { expect, it } from 'vitest';
import { attached, formFields } from './form-fields';

it('sends values as texts, objects as JSON, and nothing that is missing', () => {
  expect(formFields({ a: 'x', b: 0, c: false, d: { e: [1] }, f: undefined, g: null, h: '' })).toEqual({
    a: 'x',
    b: '0',
    c: 'false',
    d: '{"e":[1]}',
  });
});

it('names files by their place', () => {
  expect(attached(['x', 'y'])).toEqual({ file0: 'x', file1: 'y' });
});
