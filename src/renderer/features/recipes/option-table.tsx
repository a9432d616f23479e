import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OptionChoice } from '../../../shared/option-choices.ts';
import type { TaskType } from '../../../shared/task.ts';
import { optionHint, optionLabel, optionTakes, optionValue } from '../../ui/options.ts';
import classes from './recipes-page.module.css';

/** The options of a recipe; those that it says itself stand out. What is typed freely stands as it is typed. A name as `--set` takes it is the label's tooltip. */
export function OptionTable({ type, options }: { readonly type: TaskType; readonly options: readonly OptionChoice[] }) {
  const { t } = useTranslation('recipe-page');
  return (
    <>
      <Title order={3} className={classes.heading}>{t('options')}</Title>
      <table className={classes.options}>
        <thead><tr><th scope="col">{t('option')}</th><th scope="col">{t('value')}</th><th scope="col">{t('takes')}</th></tr></thead>
        <tbody>
          {options.map((option) => (
            <tr key={option.name} data-own={option.isOwn}>
              <th scope="row" title={option.name}>{optionLabel(type, option.name)}</th>
              <td>{typeof option.value === 'string' && option.kind === 'text' ? option.value : optionValue(type, option.name, option.value)}</td>
              <td>{optionTakes(type, option)} <span className={classes.hint}>{optionHint(type, option.name)}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
