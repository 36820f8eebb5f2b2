// Where the command line writes to. Waits until what was written has left, and stays calm when nobody reads it.

/** Resolves when the chunk was taken: more may be written then. */
export interface Output {
  write(chunk: string | Uint8Array): Promise<void>;
}

/** A reader that has seen enough (`interfix dump … | head`) closes the pipe; that is no failure of ours. */
const isClosedPipe = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';

export function streamOutput(stream: NodeJS.WritableStream): Output {
  // The stream reports a closed pipe to the callback below and once more as an event, which would end the process.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosedPipe(error)) throw error;
  });
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => {
          if (error === undefined || error === null || isClosedPipe(error)) resolve();
          else reject(error);
        });
      }),
  };
}
