import { describe, expect, it } from 'vitest';
import { contractsPresent, type Json } from '../readers/contract';
import { telegramList } from '../readers/telegram';
import { describeTypes } from './describe';
import { fromLexicon, metaType, ofOpenApi, ofSchemas, sampleSchemas } from './documents';
import { staleSkeletons } from './generate';

const pond = (schemas: Json) =>
  ofSchemas(new Map(Object.entries(schemas).map(([name, schema]) => [name, schema as Json])));

describe('types', () => {
  const document = pond({
    Frog: {
      type: 'object',
      description: 'A green animal.',
      required: ['id', 'pond', 'friends', 'colour', 'home'],
      properties: {
        id: { type: 'string', description: 'Its number.' },
        pond: { $ref: 'Pond' },
        friends: { type: 'array', items: { $ref: 'Frog' } },
        colour: { $ref: 'Colour' },
        home: { anyOf: [{ type: 'null' }, { $ref: 'Pond' }] },
        seen: { type: ['integer', 'null'] },
        stone: { $ref: 'Stone' },
        voice: { type: 'object', properties: { pitch: { type: 'number' } } },
        notes: { type: 'array' },
        free: {},
      },
    },
    Pond: { allOf: [{ $ref: 'Place' }, { properties: { depth: { type: 'number' } } }] },
    Place: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    Stone: { type: 'object', properties: { weight: { type: 'number' } } },
    Colour: { type: 'string', enum: ['green', 'brown'] },
  });
  const frog = {
    colour: "'green'|'brown'",
    'free?': 'any',
    friends: 'Frog[]',
    home: 'null|Pond',
    id: 'string',
    'notes?': 'any[]',
    pond: 'Pond',
    'seen?': 'integer|null',
    'stone?': 'object',
    'voice?': 'Frog.voice',
  };

  it('have their fields with the types, those within them, and those that they need; no words', () => {
    expect(describeTypes([document], { Frog: [] })).toEqual({
      Frog: { ...frog, home: 'null|object' },
      'Frog.voice': { 'pitch?': 'number' },
      Pond: { 'depth?': 'number', name: 'string' },
    });
  });

  it('refer to others that are asked for', () => {
    const all = describeTypes([document], { Frog: [], Pond: [], Stone: 'all' });
    expect(all.Frog).toEqual({ ...frog, 'stone?': 'Stone' });
    expect(all.Stone).toEqual({ weight: 'number' });
  });

  it('always have the optional fields that are asked for', () => {
    expect(describeTypes([document], { Frog: ['seen'] }).Frog).toMatchObject({ seen: 'integer|null' });
    expect(() => describeTypes([document], { Frog: ['wings'] })).toThrow('Frog has no field wings');
    expect(() => describeTypes([document], { Toad: [] })).toThrow('There is no type and no operation Toad');
  });

  it('have only the first of many values', () => {
    const values = Array.from({ length: 30 }, (_, i) => `v${i}`);
    const many = pond({ Frog: { properties: { size: { enum: values } } } });
    expect(describeTypes([many], { Frog: [] }).Frog).toEqual({ 'size?': "'v0'|string" });
  });
});

describe('formats', () => {
  it('OpenAPI: the successful answer of an operation has its name', () => {
    const answers = ofOpenApi({
      resolve: (schema) => schema,
      document: {
        paths: {
          '/frogs': {
            parameters: [],
            get: {
              operationId: 'listFrogs',
              responses: {
                400: { content: { 'application/json': { schema: { properties: { error: {} } } } } },
                200: {
                  content: { 'application/json': { schema: { properties: { frogs: { type: 'array' } } } } },
                },
              },
            },
          },
        },
      },
    });
    expect(describeTypes([answers], { listFrogs: 'all' })).toEqual({ listFrogs: { frogs: 'any[]' } });
  });

  it("Telegram's list", () => {
    const field = (name: string, types: string[], required: boolean) => ({
      name,
      types,
      required,
      description: '',
    });
    const { schemas } = telegramList({
      methods: {},
      types: {
        Frog: {
          name: 'Frog',
          description: [],
          fields: [
            field('id', ['Integer'], true),
            field('is_frog', ['True'], true),
            field('friends', ['Array of Frog'], false),
          ],
        },
      },
    });
    expect(describeTypes([ofOpenApi(schemas)], { Frog: [] })).toEqual({
      Frog: { 'friends?': 'Frog[]', id: 'integer', is_frog: 'true' },
    });
  });

  it('lexicons', () => {
    const frog = fromLexicon(
      {
        type: 'object',
        required: ['pond'],
        properties: {
          pond: { type: 'ref', ref: '#pond' },
          embed: { type: 'union', refs: ['b.c#one', 'b.d#main'] },
          record: { type: 'unknown' },
          names: { type: 'array', items: { type: 'string' } },
        },
      },
      'a.b',
    );
    const found = pond({
      'a.b': frog,
      'a.b#pond': { type: 'object', properties: { depth: { type: 'integer' } } },
      'b.c#one': { type: 'object' },
      'b.d': { type: 'object' },
    });
    expect(describeTypes([found], { 'a.b': [] })).toEqual({
      'a.b': { 'embed?': 'object', 'names?': 'string[]', pond: 'a.b#pond', 'record?': 'any' },
      'a.b#pond': { 'depth?': 'integer' },
    });
  });

  it('samples', () => {
    const samples = { resources: { frog: { id: 'f', age: 1, home: null, legs: [{ n: 1.5 }], ponds: [] } } };
    expect(describeTypes([ofSchemas(sampleSchemas(samples))], { frog: [] })).toEqual({
      frog: { age: 'integer', home: 'any|null', id: 'string', legs: 'frog.legs[]', ponds: 'any[]' },
      'frog.legs': { n: 'number' },
    });
  });

  it("types of Meta's specs", () => {
    const nodes = new Set(['Page']);
    expect(
      ['string', 'list<unsigned int>', 'Page', 'list', 'map<string, int>'].map((type) =>
        metaType(type, nodes),
      ),
    ).toEqual([
      { type: 'string' },
      { type: 'array', items: { type: 'integer' } },
      { $ref: 'Page' },
      { type: 'array' },
      {},
    ]);
  });
});

it.skipIf(!contractsPresent())(
  'skeletons.json of every stand-in is as its answers.json and the contracts say (npm run skeletons)',
  async () => {
    expect(await staleSkeletons()).toEqual([]);
  },
);
