/** Options of recipes in the window's language: what each is called, what it takes, and what its values mean. */
import i18next from 'i18next';
import type { OptionChoice } from '../../shared/option-choices.ts';
import type { TaskType } from '../../shared/task.ts';
import { formatNumber } from './format.ts';

/** What an option is called; its own name where this window does not know it. */
export function optionLabel(type: TaskType, name: string): string {
  return textOf(`ofType.${type}.labels.${name}`, `labels.${name}`) ?? name;
}

/** What is not plain from the label; empty where all is. */
export function optionHint(type: TaskType, name: string): string {
  return textOf(`ofType.${type}.hints.${name}`, `hints.${name}`) ?? '';
}

/** A value in words where it is one; else as it is typed. */
export function optionValue(type: TaskType, name: string, value: OptionChoice['value']): string {
  if (value === null) return i18next.t('options:unset');
  if (Array.isArray(value)) return value.map((one) => optionValue(type, name, one)).join(i18next.t('options:takes.comma'));
  if (typeof value === 'object') return JSON.stringify(value);
  const text = String(value);
  // What is written freely, as a path is, is nobody's key.
  return /^[a-z][\w-]*$/i.test(text) ? (textOf(`ofType.${type}.values.${name}.${text}`, `values.${text}`) ?? text) : text;
}

/** What an option takes. */
export function optionTakes(type: TaskType, option: OptionChoice): string {
  const takes = withoutEmpty(type, option);
  return option.canBeUnset ? i18next.t('options:takes.orEmpty', { takes }) : takes;
}

function withoutEmpty(type: TaskType, { name, kind, takes, values, minimum, maximum }: OptionChoice): string {
  switch (kind) {
    case 'choice':
    case 'yesNo': return optionValue(type, name, values);
    case 'several': return i18next.t('options:takes.several', { values: optionValue(type, name, values) });
    case 'texts': return i18next.t('options:takes.texts');
    // The engine's own words are better than none.
    case 'text': return textOf(`ofType.${type}.takes.${name}`, `takes.of.${name}`) ?? takes;
    case 'number':
    case 'wholeNumber': {
      const limits = minimum === null ? '' : maximum === null ? 'From' : 'Between';
      return i18next.t(`options:takes.${kind}${limits}`, { minimum: formatNumber(minimum ?? 0, 2), maximum: formatNumber(maximum ?? 0, 2) });
    }
  }
}

function textOf(...keys: readonly string[]): string | undefined {
  const key = keys.map((one) => `options:${one}`).find((one) => i18next.exists(one));
  return key === undefined ? undefined : i18next.t(key);
}
