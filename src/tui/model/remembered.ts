/**
 * Memoises a function: it keeps the last result for each subject, as long as the other arguments are the same, so that
 * a result from a hundred thousand tags is not computed again for each key.
 */
export function remembered<Subject extends object, Rest extends readonly unknown[], Made>(
  make: (subject: Subject, ...rest: Rest) => Made,
): (subject: Subject, ...rest: Rest) => Made {
  const known = new WeakMap<Subject, { readonly rest: Rest; readonly made: Made }>();
  return (subject, ...rest) => {
    const before = known.get(subject);
    if (before?.rest.every((one, index) => one === rest[index])) return before.made;
    const made = make(subject, ...rest);
    known.set(subject, { rest, made });
    return made;
  };
}
