import type { Library, Overload } from './library.ts';
import type { Macro } from './syntax/macro.ts';
import type { ObjectTypes, Type } from './types/types.ts';
import { objectOf } from './types/types.ts';
import { enumMembers, messageFields, messageNames, typeNames } from './types/well-known-types.ts';

/** What an environment is made of or extended by. */
export interface EnvironmentParts {
  readonly libraries?: readonly Library[];
  /** Variables by name; the name may have dots: `authorizer.requestResource`. */
  readonly variables?: Readonly<Record<string, Type>>;
  readonly objectTypes?: ObjectTypes;
  /** Further types whose names are values of expressions, e.g. net.IP. */
  readonly typeNames?: Readonly<Record<string, Type>>;
}

/** A name that stands for a type. */
export interface NamedType {
  readonly type: Type;
  /** Whether the name is a value, too; if not, it can only be used to make a message. */
  readonly isValue: boolean;
}

/** What an expression may use: functions, macros, variables and types. It never changes. */
export class Environment {
  readonly libraries: readonly Library[];
  readonly macros: readonly Macro[];
  readonly objectTypes: ObjectTypes;
  /** The overloads of every function, in the order in which they are tried. */
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  readonly variables: Readonly<Record<string, Type>>;
  readonly #typeNames: Readonly<Record<string, Type>>;

  private constructor(parts: Required<EnvironmentParts>, functions?: Environment['functions']) {
    this.libraries = parts.libraries;
    this.macros = parts.libraries.flatMap((library) => library.macros ?? []);
    this.functions = functions ?? indexByName(parts.libraries);
    this.variables = parts.variables;
    this.objectTypes = parts.objectTypes;
    this.#typeNames = parts.typeNames;
  }

  static of(parts: EnvironmentParts): Environment {
    const { libraries = [], variables = {}, objectTypes = {} } = parts;
    return new Environment({
      libraries,
      variables,
      objectTypes: { ...messageFields, ...objectTypes },
      typeNames: { ...typeNames, ...parts.typeNames },
    });
  }

  /** Returns an environment with more; a part with a name that is taken replaces what it names. */
  extend(parts: EnvironmentParts): Environment {
    const more = parts.libraries ?? [];
    return new Environment(
      {
        libraries: [...this.libraries, ...more],
        variables: { ...this.variables, ...parts.variables },
        objectTypes: { ...this.objectTypes, ...parts.objectTypes },
        typeNames: { ...this.#typeNames, ...parts.typeNames },
      },
      more.length ? undefined : this.functions,
    );
  }

  /** Returns the overloads of a function; a name may have a leading dot, as in all of CEL. */
  function(name: string): readonly Overload[] | undefined {
    return this.functions.get(withoutDot(name));
  }

  variable(name: string): Type | undefined {
    return own(this.variables, withoutDot(name));
  }

  typeNamed(name: string): NamedType | undefined {
    const plain = withoutDot(name);
    const value = own(this.#typeNames, plain);
    if (value) return { type: value, isValue: true };
    const message = own(messageNames, plain);
    if (message) return { type: message, isValue: false };
    const isObject = own(this.objectTypes, plain) !== undefined;
    return isObject ? { type: objectOf(plain), isValue: false } : undefined;
  }

  /** Returns the number of a member of an enum. */
  enumMember(name: string): bigint | undefined {
    return own(enumMembers, withoutDot(name));
  }

  /** Returns the fields of an object type, or of a message that stands for a type of CEL. */
  fieldsOf(typeName: string): Readonly<Record<string, Type>> | undefined {
    return own(this.objectTypes, typeName);
  }

  /** Returns the type of a field of an object type. */
  field(typeName: string, field: string): Type | undefined {
    const fields = this.fieldsOf(typeName);
    return fields && own(fields, field);
  }
}

/** The names are from the text of expressions: `constructor` is none that anybody declared. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function withoutDot(name: string): string {
  return name.startsWith('.') ? name.slice(1) : name;
}

function indexByName(libraries: readonly Library[]): Map<string, Overload[]> {
  const functions = new Map<string, Overload[]>();
  for (const overload of libraries.flatMap((library) => library.overloads)) {
    const overloads = functions.get(overload.name);
    if (overloads) overloads.push(overload);
    else functions.set(overload.name, [overload]);
  }
  return functions;
}
