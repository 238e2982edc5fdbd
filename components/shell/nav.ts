import {
  Activity,
  BookOpenText,
  CalendarDays,
  ChartColumn,
  Clock4,
  House,
  LayoutList,
  Library,
  ListTodo,
  type LucideIcon,
  Package,
  PenLine,
  Plug,
  Receipt,
  Settings,
  Tags,
} from 'lucide-react';
import type { Messages } from '@/i18n/message-types';

type Words = Messages['shell']['nav'];

export interface NavItem {
  href: string;
  /** Its key in the catalogue, for its name and its search terms in the palette. */
  name: Exclude<keyof Words, 'groups'>;
  icon: LucideIcon;
}
export interface NavGroup {
  /** Its key in the catalogue; groups without a name have no heading. */
  name: keyof Words['groups'] | null;
  items: readonly NavItem[];
}

/** All pages of the app, in the order of the navigation. A test keeps this in sync with the folders. */
export const NAV: readonly NavGroup[] = [
  {
    name: null,
    items: [
      { href: '/home', name: 'home', icon: House },
      { href: '/todo', name: 'todo', icon: ListTodo },
    ],
  },
  {
    name: 'create',
    items: [
      { href: '/compose', name: 'compose', icon: PenLine },
      { href: '/calendar', name: 'calendar', icon: CalendarDays },
      { href: '/library', name: 'library', icon: Library },
      { href: '/auto-posting', name: 'autoPosting', icon: Clock4 },
    ],
  },
  {
    name: 'sell',
    items: [
      { href: '/products', name: 'products', icon: Package },
      { href: '/listings', name: 'listings', icon: LayoutList },
      { href: '/orders', name: 'orders', icon: Receipt },
      { href: '/pricing-rules', name: 'pricing', icon: Tags },
    ],
  },
  {
    name: 'money',
    items: [
      { href: '/ledger', name: 'ledger', icon: BookOpenText },
      { href: '/reports', name: 'reports', icon: ChartColumn },
    ],
  },
  { name: 'automate', items: [{ href: '/runs', name: 'runs', icon: Activity }] },
  {
    name: null,
    items: [
      { href: '/connections', name: 'connections', icon: Plug },
      { href: '/settings', name: 'settings', icon: Settings },
    ],
  },
];

/** The pages on a phone's bar; all others are behind More. */
export const BAR: readonly string[] = ['/home', '/todo', '/compose', '/ledger'];

export const ALL_ITEMS: readonly NavItem[] = NAV.flatMap((group) => group.items);

/** Whether `path` is this page or one below it. */
export const isCurrent = (href: string, path: string): boolean =>
  path === href || path.startsWith(`${href}/`);
