import * as v from "valibot";

/** Parses an ISO 8601 time, also beyond the year 9999, so that what a wrong clock wrote can be read again. */
export const instant: v.GenericSchema<string, Date> = v.pipe(
  v.string(),
  v.regex(/^(?:[+-]\d{2})?\d{4}-\d{2}-\d{2}T/),
  v.transform((text) => new Date(text)),
  v.date(),
);
