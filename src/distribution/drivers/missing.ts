/** Gives `fallback` where a file or folder is not there; every other error goes on. */
export async function unlessMissing<Value, Fallback>(
  promise: Promise<Value>,
  fallback: Fallback,
): Promise<Value | Fallback> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return fallback;
    throw error;
  }
}

/** Gives undefined where a file or folder is not there; every other error goes on. */
export function missing<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
