/**
 * The same function, which keeps what it made last of each subject as long as all else it is given stays the same: what
 * is worked out of a hundred thousand tags is not worked out anew for each key.
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
