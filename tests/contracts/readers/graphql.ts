import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import {
  buildSchema,
  type DocumentNode,
  executeSync,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { Exchange } from '../exchange';
import {
  type Contract,
  contractFile,
  isObject,
  type Json,
  type PublishedOperation,
  parseJson,
} from './contract';

/** Reads a schema in SDL. `path` matches the path of the one address that takes every query. */
export const graphqlSchema = (file: string, path: RegExp): GraphqlContract =>
  new GraphqlContract(readFileSync(contractFile(file), 'utf8'), path);

export class GraphqlContract implements Contract {
  readonly #schema: GraphQLSchema;

  constructor(
    sdl: string,
    private readonly path: RegExp,
  ) {
    this.#schema = buildSchema(sdl, { assumeValidSDL: true });
  }

  /** Named by the operation, or by its fields if it has no name. Null for a query that asks only for fields that the schema lacks. */
  find(exchange: Exchange): PublishedOperation | null {
    if (exchange.method !== 'POST' || !this.path.test(exchange.path)) return null;
    const asked = readQuery(exchange);
    if (!asked)
      return { id: 'unreadable query', request: () => ['the query cannot be read'], answer: () => [] };
    const { document, operation, variables } = asked;
    const root = this.#schema.getRootType(operation.operation);
    const fields = operation.selectionSet.selections.flatMap((s) =>
      s.kind === Kind.FIELD ? [s.name.value] : [],
    );
    const known = root?.getFields() ?? {};
    if (fields.length > 0 && !fields.some((name) => name in known || name.startsWith('__'))) return null;
    return {
      id: operation.name?.value ?? `${operation.operation} ${fields.join(', ')}`,
      request: () => [
        ...(exchange.headers.authorization ||
        Object.keys(exchange.headers).some((h) => /access-token/.test(h))
          ? []
          : ['no credentials were sent']),
        ...validate(this.#schema, document).map(({ message }) => `query: ${message}`),
        ...this.#variables(operation, variables),
      ],
      answer: ({ status, answer }) => this.#answer(document, operation, variables, status, answer),
    };
  }

  #variables(operation: OperationDefinitionNode, given: Json): string[] {
    const definitions = operation.variableDefinitions ?? [];
    const declared = definitions.map(({ variable }) => variable.name.value);
    const { errors = [] } = getVariableValues(this.#schema, definitions, given);
    return [
      ...errors.map(({ message }) => `variables: ${message}`),
      ...Object.keys(given)
        .filter((name) => !declared.includes(name))
        .map((name) => `variables ${name}: is not declared`),
    ];
  }

  /** Executes the query on the response itself: what comes out differs where the response does not fit the schema. */
  #answer(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Json,
    status: number,
    text: string,
  ): string[] {
    const answer = parseJson(text);
    if (!isObject(answer)) return ['the response is not JSON'];
    const errors = answer.errors;
    const noted =
      errors === undefined ||
      (Array.isArray(errors) && errors.every((e) => isObject(e) && typeof e.message === 'string'));
    if (!noted && status < 400) return ['response errors: have no messages'];
    if (answer.data === undefined || answer.data === null)
      return errors === undefined ? ['response has neither data nor errors'] : [];
    const result = executeSync({
      schema: this.#schema,
      document,
      operationName: operation.name?.value,
      variableValues: variables,
      rootValue: answer.data,
      fieldResolver: (source, _args, _context, { path }) => (isObject(source) ? source[path.key] : undefined),
      typeResolver: typeOfAnswer,
    });
    const wrong = (result.errors ?? []).map(
      ({ message, path }) => `response ${path?.join('/') ?? ''}: ${message}`,
    );
    return wrong.length > 0
      ? wrong
      : differences(answer.data, JSON.parse(JSON.stringify(result.data ?? null)));
  }
}

/** The type that the response names, or the only fragment that has all of its fields. */
const typeOfAnswer: GraphQLTypeResolver<unknown, unknown> = (value, _context, info, abstract) => {
  if (isObject(value) && typeof value.__typename === 'string') return value.__typename;
  const possible = info.schema.getPossibleTypes(abstract).map(({ name }) => name);
  const fragments = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []);
  const fits = fragments.flatMap((s) => {
    if (s.kind !== Kind.INLINE_FRAGMENT || !s.typeCondition) return [];
    const keys = s.selectionSet.selections.flatMap((f) =>
      f.kind === Kind.FIELD ? [(f.alias ?? f.name).value] : [],
    );
    const name = s.typeCondition.name.value;
    return possible.includes(name) && isObject(value) && keys.every((key) => key in value) ? [name] : [];
  });
  return fits[0] ?? possible[0];
};

/** Returns where a response differs from what the schema makes of it. */
function differences(given: unknown, read: unknown, at = ''): string[] {
  if (Array.isArray(given) && Array.isArray(read))
    return given.flatMap((item, i) => differences(item, read[i], `${at}/${i}`));
  if (!isObject(given) || !isObject(read))
    return isDeepStrictEqual(given, read) ? [] : [`response ${at}: is not as the schema says`];
  return [...new Set([...Object.keys(given), ...Object.keys(read)])].flatMap((key) => {
    if (!(key in read)) return [`response ${at}/${key}: was not requested`];
    if (!(key in given)) return [`response ${at}/${key}: is missing`];
    return differences(given[key], read[key], `${at}/${key}`);
  });
}

function readQuery(
  exchange: Exchange,
): { document: DocumentNode; operation: OperationDefinitionNode; variables: Json } | null {
  const body = parseJson(String(exchange.body ?? ''));
  if (!isObject(body) || typeof body.query !== 'string') return null;
  try {
    const document = parse(body.query);
    const name = typeof body.operationName === 'string' ? body.operationName : null;
    const operation = getOperationAST(document, name);
    if (!operation) return null;
    return { document, operation, variables: isObject(body.variables) ? body.variables : {} };
  } catch {
    return null;
  }
}
