// The package's declarations, as the compiler understands them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-api';

const options = {
  strict: true,
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  noEmit: true,
};

/**
 * The declarations of the package that is installed in a project's folder, and of it these types, each by
 * its text, such as `Listing<Player>`.
 */
export function declarations(folder, texts) {
  const file = join(folder, 'declared.ts');
  const aliases = texts.map((text, place) => `export type T${place} = ${qualified(text)};`);
  writeFileSync(file, [`import type * as director from 'tournament-director';`, ...aliases].join('\n'));
  const entry = (name) => join(folder, 'node_modules/tournament-director/dist', name);
  const program = ts.createProgram([file, entry('node.d.ts'), entry('browser.d.ts')], options);
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length > 0) {
    throw new Error(problems.map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n')).join('\n'));
  }
  const checker = program.getTypeChecker();
  const statements = program.getSourceFile(file).statements;

  function compiled(text) {
    const alias = statements.find((node) => node.name?.text === `T${texts.indexOf(text)}`);
    if (!alias) throw new Error(`${text} is none of the types to be compiled`);
    return { type: checker.getTypeAtLocation(alias.name), alias };
  }

  const properties = (text) => checker.getPropertiesOfType(compiled(text).type).filter(isPublic);

  return {
    /** How a value differs from a type, a line for each place. */
    differences(text, value) {
      const { type, alias } = compiled(text);
      return [...differences({ checker, alias }, type, value, text)];
    },

    /** The names of an object type's fields. */
    fields: (text) => properties(text).map((property) => property.name),

    /** The names of an object type's methods, in order. */
    methods(text) {
      const { alias } = compiled(text);
      const isMethod = (property) =>
        checker.getTypeOfSymbolAtLocation(property, alias).getCallSignatures().length > 0;
      return properties(text)
        .filter(isMethod)
        .map((property) => property.name)
        .sort();
    },

    /** Each field of an object type, and whether it may be left out. */
    optional: (text) =>
      Object.fromEntries(properties(text).map((property) => [property.name, isOptional(property)])),

    /** The fields of an object type that are one of several texts, with these. */
    choices(text) {
      const { alias } = compiled(text);
      const found = properties(text).map((property) => [
        property.name,
        literals(checker.getTypeOfSymbolAtLocation(property, alias)),
      ]);
      return Object.fromEntries(found.filter(([, values]) => values));
    },

    /** The texts that a type is one of. */
    values: (text) => literals(compiled(text).type),

    /** What an entry of the package declares as values, by name. */
    exported(name) {
      const module = checker.getSymbolAtLocation(program.getSourceFile(entry(name)));
      const isValue = (symbol) => {
        const { Alias, Value } = ts.SymbolFlags;
        const target = symbol.flags & Alias ? checker.getAliasedSymbol(symbol) : symbol;
        return (target.flags & Value) !== 0 && !symbol.declarations.some(ts.isTypeOnlyExportDeclaration);
      };
      return checker
        .getExportsOfModule(module)
        .filter(isValue)
        .map((symbol) => symbol.name)
        .sort();
    },

    /** A TypeScript file as JavaScript. */
    transpiled: (path) =>
      ts.transpile(readFileSync(path, 'utf8'), { ...options, module: ts.ModuleKind.ESNext }),
  };
}

/** Names of the package's types as those of its namespace. */
const qualified = (text) => text.replace(/(?<![\w.'])[A-Z]\w*/g, 'director.$&');

const isOptional = (property) => (property.flags & ts.SymbolFlags.Optional) !== 0;

/** Whether users may see a property: not private, and not marked as internal. */
const isPublic = (property) =>
  !property.name.startsWith('__#') &&
  !(
    ts.getCombinedModifierFlags(property.valueDeclaration) &
    (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)
  );

function literals(type) {
  const members = type.isUnion() ? type.types : [type];
  return members.every((member) => member.isStringLiteral())
    ? members.map((member) => member.value)
    : undefined;
}

function* differences(context, type, value, path) {
  const { checker, alias } = context;
  if (type.isUnion()) {
    const each = type.types.map((member) => [...differences(context, member, value, path)]);
    // The member that fits best tells what is wrong.
    yield* each.sort((a, b) => a.length - b.length)[0];
    return;
  }
  const flags = type.flags;
  const primitive = typeofPrimitive(flags);
  if (primitive) {
    const fits =
      primitive === 'null'
        ? value === null
        : type.isLiteral()
          ? value === type.value
          : flags & ts.TypeFlags.BooleanLiteral
            ? String(value) === checker.typeToString(type)
            : typeof value === primitive && (primitive !== 'number' || Number.isFinite(value));
    if (!fits) yield `${path}: ${shown(value)} is not ${checker.typeToString(type)}`;
    return;
  }
  if (type.getCallSignatures().length > 0) {
    if (typeof value !== 'function') yield `${path}: ${shown(value)} is no function`;
    return;
  }
  if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return;
  if (typeof value !== 'object' || value === null) {
    yield `${path}: ${shown(value)} is no object`;
    return;
  }
  if (checker.isArrayLikeType(type)) {
    if (!Array.isArray(value)) yield `${path}: ${shown(value)} is no array`;
    else
      for (const [place, item] of value.entries())
        yield* differences(context, checker.getTypeArguments(type)[0], item, `${path}[${place}]`);
    return;
  }
  if (Array.isArray(value)) {
    yield `${path}: it is an array`;
    return;
  }
  const index = type.getStringIndexType();
  const declared = checker.getPropertiesOfType(type).filter(isPublic);
  for (const property of declared) {
    const name = property.name;
    if (name in value)
      yield* differences(
        context,
        checker.getTypeOfSymbolAtLocation(property, alias),
        value[name],
        `${path}.${name}`,
      );
    else if (!isOptional(property)) yield `${path}: ${name} is missing`;
  }
  for (const name of Object.keys(value).filter(
    (key) => !declared.some((property) => property.name === key),
  )) {
    if (index) yield* differences(context, index, value[name], `${path}.${name}`);
    else yield `${path}: ${name} is not declared`;
  }
}

function typeofPrimitive(flags) {
  const { TypeFlags } = ts;
  if (flags & TypeFlags.StringLike) return 'string';
  if (flags & TypeFlags.NumberLike) return 'number';
  if (flags & TypeFlags.BooleanLike) return 'boolean';
  if (flags & TypeFlags.Null) return 'null';
  if (flags & TypeFlags.Undefined) return 'undefined';
  return undefined;
}

const shown = (value) => JSON.stringify(value)?.slice(0, 80) ?? String(value);
