import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OptionChoice } from '../../../shared/option-choices.ts';
import classes from './recipes-page.module.css';

/** The options of a recipe; those that it says itself stand out. */
export function OptionTable({ options }: { readonly options: readonly OptionChoice[] }) {
  const { t } = useTranslation('recipe-page');
  return (
    <>
      <Title order={3} className={classes.heading}>{t('options')}</Title>
      <table className={classes.options}>
        <thead><tr><th scope="col">{t('option')}</th><th scope="col">{t('value')}</th><th scope="col">{t('takes')}</th></tr></thead>
        <tbody>
          {options.map(({ name, value, takes, isOwn }) => (
            <tr key={name} data-own={isOwn}><th scope="row">{name}</th><td>{showValue(value)}</td><td>{takes}</td></tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** As it is typed. */
export function showValue(value: OptionChoice['value']): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
