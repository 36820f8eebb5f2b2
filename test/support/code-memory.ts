// How much code there is: that of bound functions and that of callbacks, which have an arena each.

import { callbackMemory, executableMemory } from '../../src/exec/finalize.ts';

export const codeSlots = (): number => executableMemory().liveSlots + callbackMemory().liveSlots;
export const codeBytes = (): number => executableMemory().reservedBytes + callbackMemory().reservedBytes;
