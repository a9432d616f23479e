import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ListedChain } from '../../../shared/recipe-contract.ts';
import { recipeName } from '../../ui/recipes.ts';
import { StepSource } from './step-source.tsx';
import classes from './recipes-page.module.css';

/** The steps of a chain, in their order. */
export function ChainSteps({ chain }: { readonly chain: ListedChain }) {
  const { t } = useTranslation('recipe-page');
  return (
    <>
      <Title order={3} className={classes.heading}>{t('steps')}</Title>
      <ol className={classes.steps}>
        {chain.chain.map((step) => <li key={step.key}><b>{recipeName(step.recipe)}</b> <StepSource step={step} steps={chain.chain} /></li>)}
      </ol>
      <p className={classes.note}>{t(`onFailure.${chain.onFailure}`)}</p>
    </>
  );
}
