import { ActionIcon, Button, Select, Text } from '@mantine/core';
import { IconArrowDown, IconTrash } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { withoutStep } from '../../../shared/chain-plan.ts';
import type { ListedChain } from '../../../shared/recipe-contract.ts';
import type { ChainStep } from '../../../shared/recipe.ts';
import { useMirror } from '../../store/mirror.ts';
import { recipeName } from '../../ui/recipes.ts';
import { StepSource } from '../recipes/step-source.tsx';
import { chosenChains, replacements } from './chain-choices.ts';
import { changeChain, useIntake } from './intake-store.ts';
import classes from './chain-plan.module.css';

/** What each chosen chain would do, step by step: steps can be changed and left out before anything starts. */
export function ChainPlans() {
  const chains = useMirror((mirror) => mirror.chains);
  const files = useIntake((intake) => intake.files);
  const choices = useIntake((intake) => intake.choices);
  const chosen = useMemo(() => chosenChains(files, choices, chains), [files, choices, chains]);
  return chosen.map((chain) => <Plan key={chain.name} chain={chain} />);
}

function Plan({ chain }: { readonly chain: ListedChain }) {
  const { t } = useTranslation('intake');
  const edited = useIntake((intake) => intake.chainSteps.get(chain.name));
  const steps = edited ?? chain.chain;
  const change = (key: string, recipe: string): void => changeChain(chain.name, steps.map((step) => (step.key === key ? { ...step, recipe } : step)));
  return (
    <section className={classes.plan} aria-label={t('chain.label', { name: recipeName(chain.name) })}>
      <div className={classes.head}>
        <Text size="sm" fw={600}>{t('chain.title', { name: recipeName(chain.name), count: steps.length })}</Text>
        {edited !== undefined && <Button size="compact-xs" variant="subtle" onClick={() => changeChain(chain.name, null)}>{t('chain.reset')}</Button>}
      </div>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <Step
            key={step.key} step={step} steps={steps} isFirst={index === 0} onChange={(recipe) => change(step.key, recipe)}
            onRemove={steps.length > 1 && withoutStep(steps, step.key).length > 0 ? () => changeChain(chain.name, withoutStep(steps, step.key)) : null}
          />
        ))}
      </ol>
    </section>
  );
}

interface StepProps {
  readonly step: ChainStep;
  readonly steps: readonly ChainStep[];
  readonly isFirst: boolean;
  readonly onChange: (recipe: string) => void;
  /** Null: without it nothing would be left. */
  readonly onRemove: (() => void) | null;
}

function Step({ step, steps, isFirst, onChange, onRemove }: StepProps) {
  const { t } = useTranslation('intake');
  const recipes = useMirror((mirror) => mirror.recipes);
  const names = useMemo(() => replacements(step, steps, recipes), [step, steps, recipes]);
  const name = recipeName(step.recipe);
  return (
    <li className={classes.step}>
      {!isFirst && <IconArrowDown size={14} className={classes.arrow} aria-hidden />}
      <Select size="xs" className={classes.recipe} aria-label={t('chain.recipeOfStep', { name })} data={names.map((value) => ({ value, label: recipeName(value) }))} value={step.recipe} searchable allowDeselect={false} onChange={(value) => value !== null && onChange(value)} />
      <span className={classes.source}><StepSource step={step} steps={steps} /></span>
      <ActionIcon variant="subtle" size="sm" disabled={onRemove === null} aria-label={t('chain.removeStep', { name })} title={t('chain.removeStep', { name })} onClick={() => onRemove?.()}><IconTrash size={16} aria-hidden /></ActionIcon>
    </li>
  );
}
