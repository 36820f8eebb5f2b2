// The members of a record as the command line's JSON knows them: by the properties that marshal/shape.ts gives them.

import type { CType } from '../ctype/ctype.ts';
import type { Shape } from '../marshal/shape.ts';

/** The types of all properties by key, in order; those of anonymous records among them. */
export const memberTypes = ({ parts }: Shape): ReadonlyMap<string, CType> =>
  new Map(
    parts.flatMap((part): [string, CType][] =>
      'shape' in part ? [...memberTypes(part.shape)] : [[String(part.key), part.type]],
    ),
  );
