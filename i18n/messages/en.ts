// Made by scripts/messages.mjs.
import factsPlatformsEtsy from '@/server/connectors/etsy/messages/en.json';
import factsPlatformsFacebook from '@/server/connectors/facebook/messages/en.json';
import factsPlatformsLinkedin from '@/server/connectors/linkedin/messages/en.json';
import factsPlatformsX from '@/server/connectors/x/messages/en.json';
import factsPlatformsYoutube from '@/server/connectors/youtube/messages/en.json';
import approvalLink from './en/approval-link.json';
import auth from './en/auth.json';
import billing from './en/billing.json';
import calendar from './en/calendar.json';
import compose from './en/compose.json';
import connections from './en/connections.json';
import emails from './en/emails.json';
import evergreen from './en/evergreen.json';
import factsAccounts from './en/facts/accounts.json';
import factsActions from './en/facts/actions.json';
import factsApprovalRequests from './en/facts/approval-requests.json';
import factsApprovals from './en/facts/approvals.json';
import factsBilling from './en/facts/billing.json';
import factsConnections from './en/facts/connections.json';
import factsConnectors from './en/facts/connectors.json';
import factsDue from './en/facts/due.json';
import factsEmails from './en/facts/emails.json';
import factsErrors from './en/facts/errors.json';
import factsFiles from './en/facts/files.json';
import factsFollowUpRules from './en/facts/follow-up-rules.json';
import factsFollowUps from './en/facts/follow-ups.json';
import factsGeneration from './en/facts/generation.json';
import factsLedger from './en/facts/ledger.json';
import factsListings from './en/facts/listings.json';
import factsMedia from './en/facts/media.json';
import factsOnboarding from './en/facts/onboarding.json';
import factsPlanning from './en/facts/planning.json';
import factsPlans from './en/facts/plans.json';
import factsPostEdits from './en/facts/post-edits.json';
import factsPostingControl from './en/facts/posting-control.json';
import factsPosts from './en/facts/posts.json';
import factsPreflight from './en/facts/preflight.json';
import factsPricing from './en/facts/pricing.json';
import factsProducts from './en/facts/products.json';
import factsPublicationRecovery from './en/facts/publication-recovery.json';
import factsPublicationStates from './en/facts/publication-states.json';
import factsPublications from './en/facts/publications.json';
import factsPublisher from './en/facts/publisher.json';
import factsResults from './en/facts/results.json';
import factsSales from './en/facts/sales.json';
import factsScheduling from './en/facts/scheduling.json';
import factsTodo from './en/facts/todo.json';
import factsTopics from './en/facts/topics.json';
import factsUploads from './en/facts/uploads.json';
import factsValidation from './en/facts/validation.json';
import factsWorkspaces from './en/facts/workspaces.json';
import files from './en/files.json';
import followUps from './en/follow-ups.json';
import forms from './en/forms.json';
import frame from './en/frame.json';
import globalError from './en/global-error.json';
import home from './en/home.json';
import ledger from './en/ledger.json';
import legal from './en/legal.json';
import library from './en/library.json';
import listings from './en/listings.json';
import live from './en/live.json';
import marketing from './en/marketing.json';
import media from './en/media.json';
import outbox from './en/outbox.json';
import pages from './en/pages.json';
import platforms from './en/platforms.json';
import posting from './en/posting.json';
import preflight from './en/preflight.json';
import pricing from './en/pricing.json';
import products from './en/products.json';
import publications from './en/publications.json';
import queue from './en/queue.json';
import reports from './en/reports.json';
import runs from './en/runs.json';
import sales from './en/sales.json';
import series from './en/series.json';
import settings from './en/settings.json';
import setup from './en/setup.json';
import shell from './en/shell.json';
import statement from './en/statement.json';
import todo from './en/todo.json';
import ui from './en/ui.json';

export default {
  approvalLink,
  auth,
  billing,
  calendar,
  compose,
  connections,
  emails,
  evergreen,
  facts: {
    accounts: factsAccounts,
    actions: factsActions,
    approvalRequests: factsApprovalRequests,
    approvals: factsApprovals,
    billing: factsBilling,
    connections: factsConnections,
    connectors: factsConnectors,
    due: factsDue,
    emails: factsEmails,
    errors: factsErrors,
    files: factsFiles,
    followUpRules: factsFollowUpRules,
    followUps: factsFollowUps,
    generation: factsGeneration,
    ledger: factsLedger,
    listings: factsListings,
    media: factsMedia,
    onboarding: factsOnboarding,
    planning: factsPlanning,
    plans: factsPlans,
    postEdits: factsPostEdits,
    postingControl: factsPostingControl,
    posts: factsPosts,
    preflight: factsPreflight,
    pricing: factsPricing,
    products: factsProducts,
    publicationRecovery: factsPublicationRecovery,
    publicationStates: factsPublicationStates,
    publications: factsPublications,
    publisher: factsPublisher,
    results: factsResults,
    sales: factsSales,
    scheduling: factsScheduling,
    todo: factsTodo,
    topics: factsTopics,
    uploads: factsUploads,
    validation: factsValidation,
    workspaces: factsWorkspaces,
    platforms: {
      etsy: factsPlatformsEtsy,
      facebook: factsPlatformsFacebook,
      linkedin: factsPlatformsLinkedin,
      x: factsPlatformsX,
      youtube: factsPlatformsYoutube,
    },
  },
  files,
  followUps,
  forms,
  frame,
  globalError,
  home,
  ledger,
  legal,
  library,
  listings,
  live,
  marketing,
  media,
  outbox,
  pages,
  platforms,
  posting,
  preflight,
  pricing,
  products,
  publications,
  queue,
  reports,
  runs,
  sales,
  series,
  settings,
  setup,
  shell,
  statement,
  todo,
  ui,
};
