import { splitName } from './paths.ts';
import classes from './middle-text.module.css';

/** A name that is cut in its middle when there is no room: the end says which part of a series it is, and what kind. */
export function MiddleText({ text, title = text }: { readonly text: string; readonly title?: string }) {
  const [start, end] = splitName(text);
  return (
    <span className={classes.text} title={title}>
      <span className={classes.start}>{start}</span>
      {end !== '' && <span className={classes.end}>{end}</span>}
    </span>
  );
}
