import { expect, test } from 'vitest';
import { shapesOf } from './shape';

const shape = shapesOf({
  Frog: {
    id: 'string',
    age: 'integer',
    weight: 'number',
    isGreen: 'boolean',
    colour: "'green'|'brown'",
    pond: 'Pond',
    home: 'Pond|null',
    legs: 'string[]',
    friends: 'Frog[]',
    alive: 'true',
    'song?': 'string|null',
    'record?': 'object',
  },
  Pond: { depth: 'number', name: 'string' },
});

const frog = {
  id: '',
  age: 0,
  weight: 0,
  isGreen: false,
  colour: 'green',
  pond: { depth: 0, name: '' },
  home: null,
  legs: [],
  friends: [],
  alive: true,
};

test('what is not given is neutral, and what may be left out is left out', () => {
  expect(shape('Frog', {})).toEqual(frog);
});

test('what is given is laid over it, also within objects and lists', () => {
  expect(
    shape('Frog', {
      id: '1',
      pond: { depth: 2.5 },
      home: { name: 'Here' },
      friends: [{ id: '2' }],
      song: null,
    }),
  ).toEqual({
    ...frog,
    id: '1',
    pond: { depth: 2.5, name: '' },
    home: { depth: 0, name: 'Here' },
    friends: [{ ...frog, id: '2' }],
    song: null,
  });
  expect(shape('Frog', { id: undefined, song: undefined })).toEqual(frog);
});

test('a field that the contract does not know is refused, at any depth', () => {
  // @ts-expect-error: the compiler knows the fields.
  expect(() => shape('Frog', { wings: 2 })).toThrow('Frog has no field wings');
  expect(() => shape('Frog', { pond: { wings: 2 } })).toThrow('Frog.pond has no field wings');
  expect(() => shape('Frog', { friends: [{ id: '1' }, { wings: 2 }] })).toThrow(
    'Frog.friends[1] has no field wings',
  );
  expect(() => shape('Frog', JSON.parse('{"__proto__": 1}'))).toThrow('Frog has no field __proto__');
});

test.each([
  ['id', 1],
  ['id', null],
  ['age', 1.5],
  ['isGreen', 'true'],
  ['colour', 'blue'],
  ['pond', []],
  ['pond', null],
  ['legs', [1]],
  ['legs', 'two'],
  ['alive', false],
  ['alive', 'true'],
  ['record', 'x'],
])('a value of another type is refused: %s %j', (field, value) => {
  expect(() => shape('Frog', { [field]: value })).toThrow(`Frog.${field}`);
});
