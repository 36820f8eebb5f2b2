// How many parameters a generated JavaScript function can have.

import type { Signature } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';

/** V8's own bound (`Code::kMaxArguments`): a longer parameter list is a syntax error. */
const MAX_PARAMETERS = 65534;

/** Throws `ERR_SIZE` for more parameters than that. */
export function checkArity({ parameters: { length } }: Signature): void {
  if (length <= MAX_PARAMETERS) return;
  throw new InterfixError('ERR_SIZE', `${length} parameters; a JavaScript function takes ${MAX_PARAMETERS}`);
}
