import * as v from "valibot";

/** A moment as ISO 8601 writes it, also beyond the year 9999: a clock that is wrong makes no text that cannot be read again. */
export const instant: v.GenericSchema<string, Date> = v.pipe(
  v.string(),
  v.regex(/^(?:[+-]\d{2})?\d{4}-\d{2}-\d{2}T/),
  v.transform((text) => new Date(text)),
  v.date(),
);
