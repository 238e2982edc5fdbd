CREATE SCHEMA "tributary";
--> statement-breakpoint
CREATE SCHEMA "tributary_sandbox";
--> statement-breakpoint
CREATE SCHEMA "tributary_runner";
--> statement-breakpoint
CREATE TABLE "tributary"."subscriptions" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"environment" text NOT NULL,
	"customer_id" text NOT NULL,
	"subscription_id" text,
	"plan" text DEFAULT 'free' NOT NULL,
	"price_id" text,
	"status" text DEFAULT 'none' NOT NULL,
	"current_period_end" timestamp with time zone,
	"cancel_at_period_end" boolean DEFAULT false NOT NULL,
	"state_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "subscriptions_customer_id_unique" UNIQUE("customer_id"),
	CONSTRAINT "subscriptions_subscription_id_unique" UNIQUE("subscription_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."webhook_events" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"processed_at" timestamp with time zone,
	"outcome" text,
	"body" text
);
--> statement-breakpoint
CREATE TABLE "tributary"."devices" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary"."email_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text,
	"purpose" text NOT NULL,
	"new_email" text,
	"token_hash" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "email_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "tributary"."emails" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"to_address" text NOT NULL,
	"template" text NOT NULL,
	"props" jsonb NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"to_unconfirmed" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"provider_id" text,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "emails_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "tributary"."sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"user_agent" text,
	"device_id" text
);
--> statement-breakpoint
CREATE TABLE "tributary"."sign_in_codes" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text,
	"browser_hash" text NOT NULL,
	"code_hash" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"sends" integer DEFAULT 1 NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sign_in_codes_browser_hash_unique" UNIQUE("browser_hash")
);
--> statement-breakpoint
CREATE TABLE "tributary"."throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"resets_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary"."users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"email_verified_at" timestamp with time zone,
	"terms_accepted_at" timestamp with time zone NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary"."heartbeats" (
	"part" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "tributary"."job_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"function" text NOT NULL,
	"status" text NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"subject" text,
	"error" text,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"workspace_id" text NOT NULL,
	CONSTRAINT "job_runs_run" UNIQUE("run_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."system_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"function" text NOT NULL,
	"status" text NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"subject" text,
	"error" text,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "system_runs_run" UNIQUE("run_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."ledger_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"currency" text NOT NULL,
	"subject_id" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_accounts_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "ledger_accounts_code" UNIQUE("workspace_id","code","currency","subject_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."ledger_postings" (
	"workspace_id" text NOT NULL,
	"transaction_id" text NOT NULL,
	"line" integer NOT NULL,
	"account_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	CONSTRAINT "ledger_postings_transaction_id_line_pk" PRIMARY KEY("transaction_id","line"),
	CONSTRAINT "ledger_postings_not_zero" CHECK (amount <> 0)
);
--> statement-breakpoint
CREATE TABLE "tributary"."ledger_transactions" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"description" jsonb NOT NULL,
	"source_type" text NOT NULL,
	"source_id" text NOT NULL,
	"reverses_id" text,
	"evidence" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_transactions_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "ledger_transactions_key" UNIQUE("workspace_id","key")
);
--> statement-breakpoint
CREATE TABLE "tributary"."evergreen_posts" (
	"post_id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"gap_days" integer DEFAULT 30 NOT NULL,
	"paused" boolean DEFAULT false NOT NULL,
	"wordings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"wordings_by" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_by" text NOT NULL,
	"resumed_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "evergreen_posts_gap" CHECK ("tributary"."evergreen_posts"."gap_days" between 1 and 730)
);
--> statement-breakpoint
CREATE TABLE "tributary"."posting_slots" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"topic_id" text,
	"weekday" integer NOT NULL,
	"minute" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "posting_slots_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "posting_slots_time" UNIQUE("connection_id","weekday","minute"),
	CONSTRAINT "posting_slots_weekday" CHECK ("tributary"."posting_slots"."weekday" between 1 and 7),
	CONSTRAINT "posting_slots_minute" CHECK ("tributary"."posting_slots"."minute" between 0 and 1439)
);
--> statement-breakpoint
CREATE TABLE "tributary"."series" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"post_id" text NOT NULL,
	"unit" text NOT NULL,
	"every" integer DEFAULT 1 NOT NULL,
	"weekdays" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"month_day" integer,
	"start_day" date NOT NULL,
	"minute" integer NOT NULL,
	"time_zone" text NOT NULL,
	"until_day" date,
	"count" integer,
	"state" text DEFAULT 'active' NOT NULL,
	"approval_id" text,
	"decided" jsonb,
	"revision" integer DEFAULT 1 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"problem" jsonb,
	"request_key" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "series_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "series_request" UNIQUE("workspace_id","request_key"),
	CONSTRAINT "series_every" CHECK ("tributary"."series"."every" between 1 and 366)
);
--> statement-breakpoint
CREATE TABLE "tributary"."series_occurrences" (
	"workspace_id" text NOT NULL,
	"series_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"day" date NOT NULL,
	"publication_id" text NOT NULL,
	CONSTRAINT "series_occurrences_series_id_connection_id_day_pk" PRIMARY KEY("series_id","connection_id","day"),
	CONSTRAINT "series_occurrences_publication" UNIQUE("publication_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."series_targets" (
	"workspace_id" text NOT NULL,
	"series_id" text NOT NULL,
	"connection_id" text NOT NULL,
	CONSTRAINT "series_targets_series_id_connection_id_pk" PRIMARY KEY("series_id","connection_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."actions" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"kind" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"title" jsonb NOT NULL,
	"prompt" jsonb NOT NULL,
	"choices" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"deadline_at" timestamp with time zone,
	"state" text DEFAULT 'open' NOT NULL,
	"answer" text,
	"done_by" text,
	"done_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "actions_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"key" text NOT NULL,
	"severity" text NOT NULL,
	"title" jsonb NOT NULL,
	"body" jsonb NOT NULL,
	"href" text,
	"resolved" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary"."approvals" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"title" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"policy" text NOT NULL,
	"deadline_at" timestamp with time zone NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" text,
	"decided_via" text,
	"note" text,
	"replaced_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "approvals_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."generations" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"post_id" text,
	"platform" text,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"cost_micros" integer DEFAULT 0 NOT NULL,
	"outcome" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary"."posting_stops" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"stopped_by" text NOT NULL,
	"stopped_at" timestamp with time zone NOT NULL,
	"was_running" boolean NOT NULL,
	"count" integer NOT NULL,
	"undone_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary"."posts" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"topic_id" text,
	"title" text NOT NULL,
	"title_given" boolean DEFAULT true NOT NULL,
	"prompt" text,
	"status" text DEFAULT 'draft' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "posts_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."publication_attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"publication_id" text NOT NULL,
	"number" integer NOT NULL,
	"kind" text DEFAULT 'publish' NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"outcome" text,
	"message" jsonb,
	"key" text,
	CONSTRAINT "attempts_number" UNIQUE("publication_id","number")
);
--> statement-breakpoint
CREATE TABLE "tributary"."publication_media" (
	"workspace_id" text NOT NULL,
	"publication_id" text NOT NULL,
	"position" integer NOT NULL,
	"file_id" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"bytes_sent" integer DEFAULT 0 NOT NULL,
	"percent" integer,
	"progress" jsonb,
	"remote_id" text,
	"expires_at" timestamp with time zone,
	"check_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"restarts" integer DEFAULT 0 NOT NULL,
	"problem" jsonb,
	"started_at" timestamp with time zone,
	"lease_token" text,
	"lease_until" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "publication_media_publication_id_position_pk" PRIMARY KEY("publication_id","position")
);
--> statement-breakpoint
CREATE TABLE "tributary"."publications" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"post_id" text NOT NULL,
	"variant_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"text" text NOT NULL,
	"link" text,
	"parts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"kind" text DEFAULT 'post' NOT NULL,
	"media" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"media_until" timestamp with time zone,
	"follows_id" text,
	"due_at" timestamp with time zone NOT NULL,
	"local_time" text NOT NULL,
	"time_zone" text NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"claim_token" text,
	"claimed_until" timestamp with time zone,
	"marker" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone,
	"remote_id" text,
	"permalink" text,
	"published_at" timestamp with time zone,
	"problem" jsonb,
	"request_key" text NOT NULL,
	"approval_id" text,
	"follow_up_rule" jsonb,
	"set_aside_by" text,
	"set_aside_from" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "publications_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "publications_request" UNIQUE("workspace_id","request_key")
);
--> statement-breakpoint
CREATE TABLE "tributary"."variants" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"post_id" text NOT NULL,
	"platform" text NOT NULL,
	"text" text NOT NULL,
	"link" text,
	"parts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"media" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"written_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "variants_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "variants_platform" UNIQUE("post_id","platform")
);
--> statement-breakpoint
CREATE TABLE "tributary"."publication_results" (
	"publication_id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"likes" integer,
	"replies" integer,
	"reposts" integer,
	"views" integer,
	"read_at" timestamp with time zone,
	"next_read_at" timestamp with time zone,
	"lease_token" text,
	"missing_since" timestamp with time zone,
	"gone" boolean DEFAULT false NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"problem" jsonb,
	"follow_up_state" text,
	"follow_up_at" timestamp with time zone,
	"follow_up_count" integer,
	"follow_up_note" jsonb
);
--> statement-breakpoint
CREATE TABLE "tributary"."listing_views" (
	"workspace_id" text NOT NULL,
	"listing_id" text NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"views" integer NOT NULL,
	CONSTRAINT "listing_views_listing_id_seen_at_pk" PRIMARY KEY("listing_id","seen_at")
);
--> statement-breakpoint
CREATE TABLE "tributary"."listings" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"product_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"state" text NOT NULL,
	"remote_id" text,
	"url" text,
	"picture_id" text,
	"sent" jsonb,
	"price" bigint NOT NULL,
	"currency" text NOT NULL,
	"views" integer DEFAULT 0 NOT NULL,
	"views_seen_at" timestamp with time zone,
	"last_synced_at" timestamp with time zone,
	"problem" jsonb,
	"version" integer DEFAULT 1 NOT NULL,
	"lease_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "listings_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."price_changes" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"listing_id" text NOT NULL,
	"rule_id" text,
	"from_price" bigint NOT NULL,
	"to_price" bigint NOT NULL,
	"currency" text NOT NULL,
	"reason" jsonb NOT NULL,
	"evidence" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"state" text NOT NULL,
	"problem" jsonb,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"applied_at" timestamp with time zone,
	CONSTRAINT "price_changes_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."price_rules" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"listing_id" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"min_views" integer NOT NULL,
	"window_hours" integer NOT NULL,
	"step_basis_points" integer NOT NULL,
	"cooldown_hours" integer NOT NULL,
	"last_changed_at" timestamp with time zone,
	"last_checked_at" timestamp with time zone,
	"last_outcome" jsonb,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "price_rules_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "price_rules_listing" UNIQUE("listing_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."products" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"kind" text DEFAULT 'digital' NOT NULL,
	"tags" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"price" bigint NOT NULL,
	"floor" bigint NOT NULL,
	"currency" text NOT NULL,
	"file_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "products_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."sales" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"listing_id" text,
	"remote_id" text NOT NULL,
	"remote_order_id" text NOT NULL,
	"title" text NOT NULL,
	"quantity" integer NOT NULL,
	"gross" bigint NOT NULL,
	"fees" bigint NOT NULL,
	"refunded" bigint DEFAULT 0 NOT NULL,
	"currency" text NOT NULL,
	"fees_known" boolean DEFAULT false NOT NULL,
	"sold_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sales_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "sales_remote" UNIQUE("connection_id","remote_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."sync_cursors" (
	"workspace_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"kind" text NOT NULL,
	"cursor" text NOT NULL,
	"synced_at" timestamp with time zone NOT NULL,
	"lease_token" text,
	"lease_until" timestamp with time zone,
	CONSTRAINT "sync_cursors_connection_id_kind_pk" PRIMARY KEY("connection_id","kind")
);
--> statement-breakpoint
CREATE TABLE "tributary"."activity" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"verb" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"summary" jsonb NOT NULL,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
CREATE TABLE "tributary"."connection_choices" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"platform" text NOT NULL,
	"environment" text NOT NULL,
	"granted_by" text,
	"accounts" jsonb NOT NULL,
	"scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"credentials" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary"."connections" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"platform" text NOT NULL,
	"environment" text NOT NULL,
	"status" text NOT NULL,
	"remote_id" text NOT NULL,
	"remote_name" text NOT NULL,
	"remote_url" text,
	"remote" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"granted_by" text,
	"credentials" text,
	"access_expires_at" timestamp with time zone,
	"refresh_expires_at" timestamp with time zone,
	"refresh_lease_token" text,
	"refresh_lease_until" timestamp with time zone,
	"renew_tries" integer DEFAULT 0 NOT NULL,
	"renew_after" timestamp with time zone,
	"problem" jsonb,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "connections_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "connections_remote" UNIQUE("workspace_id","platform","environment","remote_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."files" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"mime" text NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"storage_key" text NOT NULL,
	"kind" text,
	"width" integer,
	"height" integer,
	"duration_ms" integer,
	"frames" integer,
	"still_key" text,
	"still_bytes" integer,
	"unused_since" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "files_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."members" (
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."oauth_states" (
	"state_hash" text PRIMARY KEY NOT NULL,
	"for_workspace" text NOT NULL,
	"user_id" text NOT NULL,
	"platform" text NOT NULL,
	"environment" text NOT NULL,
	"code_verifier" text,
	"redirect_uri" text NOT NULL,
	"return_to" text NOT NULL,
	"connection_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary"."posting_settings" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"active_from_minute" integer DEFAULT 540 NOT NULL,
	"active_to_minute" integer DEFAULT 1260 NOT NULL,
	"posts_per_day" integer DEFAULT 2 NOT NULL,
	"slots" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"mix" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"platform_order" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"review" text DEFAULT 'review_first' NOT NULL,
	"approval_policy" text DEFAULT 'keep' NOT NULL,
	"approval_hours" integer DEFAULT 24 NOT NULL,
	"missed_policy" text DEFAULT 'post' NOT NULL,
	"missed_minutes" integer DEFAULT 120 NOT NULL,
	"follow_up_rule" jsonb,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary"."quota_buckets" (
	"scope" text NOT NULL,
	"bucket" text NOT NULL,
	"remaining" integer NOT NULL,
	"resets_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quota_buckets_scope_bucket_pk" PRIMARY KEY("scope","bucket")
);
--> statement-breakpoint
CREATE TABLE "tributary"."rate_buckets" (
	"workspace_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"bucket" text NOT NULL,
	"remaining" integer NOT NULL,
	"resets_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rate_buckets_connection_id_bucket_pk" PRIMARY KEY("connection_id","bucket")
);
--> statement-breakpoint
CREATE TABLE "tributary"."streams" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"phase" text DEFAULT 'setup' NOT NULL,
	"responsible_user_id" text,
	"connection_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"monthly_target" bigint DEFAULT 0 NOT NULL,
	"currency" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "streams_tenant" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tributary"."topics" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"slug" text NOT NULL,
	"audience" text NOT NULL,
	"tone" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "topics_tenant" UNIQUE("workspace_id","id"),
	CONSTRAINT "topics_slug" UNIQUE("workspace_id","slug")
);
--> statement-breakpoint
CREATE TABLE "tributary"."workspaces" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"reporting_currency" text DEFAULT 'USD' NOT NULL,
	"plan" text DEFAULT 'free' NOT NULL,
	"onboarding_step" text DEFAULT 'plan' NOT NULL,
	"is_demo" boolean DEFAULT false NOT NULL,
	"held_at" timestamp with time zone,
	"held_by" text,
	"held_for" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"kind" text NOT NULL,
	"parent_id" text,
	"handle" text NOT NULL,
	"name" text NOT NULL,
	"about" text DEFAULT '' NOT NULL,
	"followers" integer DEFAULT 0 NOT NULL,
	"time_zone" text DEFAULT 'America/New_York' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."codes" (
	"hash" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"account_id" text NOT NULL,
	"client_id" text NOT NULL,
	"redirect_uri" text NOT NULL,
	"challenge" text,
	"scopes" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"grant_id" text
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."etsy_assets" (
	"id" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "tributary_sandbox"."etsy_assets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 6200000001 CACHE 1),
	"listing_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"rank" integer DEFAULT 1 NOT NULL,
	"name" text NOT NULL,
	"content_type" text NOT NULL,
	"alt_text" text DEFAULT '' NOT NULL,
	"bytes" integer NOT NULL,
	"content" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."etsy_ledger" (
	"id" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "tributary_sandbox"."etsy_ledger_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 7700000001 CACHE 1),
	"shop_id" text NOT NULL,
	"amount" integer NOT NULL,
	"description" text NOT NULL,
	"ledger_type" text NOT NULL,
	"reference_type" text NOT NULL,
	"reference_id" text NOT NULL,
	"parent_id" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."etsy_listings" (
	"id" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "tributary_sandbox"."etsy_listings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1810000001 CACHE 1),
	"shop_id" text NOT NULL,
	"state" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"price_cents" integer NOT NULL,
	"quantity" integer NOT NULL,
	"sku" text DEFAULT '' NOT NULL,
	"fields" jsonb NOT NULL,
	"views" integer DEFAULT 0 NOT NULL,
	"favorers" integer DEFAULT 0 NOT NULL,
	"crowd_until" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"state_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."etsy_receipts" (
	"id" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "tributary_sandbox"."etsy_receipts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 3400000001 CACHE 1),
	"shop_id" text NOT NULL,
	"listing_id" bigint NOT NULL,
	"title" text NOT NULL,
	"digital" boolean NOT NULL,
	"sku" text DEFAULT '' NOT NULL,
	"quantity" integer NOT NULL,
	"price_cents" integer NOT NULL,
	"fee_cents" integer NOT NULL,
	"refunded_cents" integer DEFAULT 0 NOT NULL,
	"buyer_id" bigint NOT NULL,
	"buyer_name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"refunded_at" timestamp (3) with time zone,
	"visit" text
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."faults" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"operation" text NOT NULL,
	"kind" text NOT NULL,
	"probability" double precision DEFAULT 1 NOT NULL,
	"remaining" integer,
	"ms" integer DEFAULT 0 NOT NULL,
	"seed" integer DEFAULT 1 NOT NULL,
	"drawn" integer DEFAULT 0 NOT NULL,
	"struck" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."grants" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"account_id" text NOT NULL,
	"client_id" text NOT NULL,
	"scopes" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."media" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"account_id" text NOT NULL,
	"kind" text NOT NULL,
	"content_type" text NOT NULL,
	"total_bytes" integer NOT NULL,
	"alt_text" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finalized_at" timestamp (3) with time zone,
	"process_seconds" integer DEFAULT 0 NOT NULL,
	"process_fails" boolean DEFAULT false NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"post_id" text,
	"position" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."media_parts" (
	"media_id" text NOT NULL,
	"part" integer NOT NULL,
	"bytes" integer NOT NULL,
	"content" text,
	CONSTRAINT "media_parts_media_id_part_pk" PRIMARY KEY("media_id","part")
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."posts" (
	"id" text PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"account_id" text NOT NULL,
	"text" text NOT NULL,
	"link" text,
	"reply_to" text,
	"dedupe_key" text,
	"refused_duplicates" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"crowd_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."reposts" (
	"account_id" text NOT NULL,
	"post_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reposts_account_id_post_id_pk" PRIMARY KEY("account_id","post_id")
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."stripe_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"body" text NOT NULL,
	"forged" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"last_status" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "tributary_sandbox"."stripe_deliveries_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1)
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."stripe_objects" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"parent" text,
	"data" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "tributary_sandbox"."stripe_objects_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1)
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."stripe_requests" (
	"key" text NOT NULL,
	"path" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" integer,
	"response" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "stripe_requests_key_pk" PRIMARY KEY("key")
);
--> statement-breakpoint
CREATE TABLE "tributary_sandbox"."tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"grant_id" text NOT NULL,
	"account_id" text NOT NULL,
	"scopes" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary_runner"."cron_slots" (
	"function_id" text NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	CONSTRAINT "cron_slots_function_id_slot_pk" PRIMARY KEY("function_id","slot")
);
--> statement-breakpoint
CREATE TABLE "tributary_runner"."events" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigserial NOT NULL,
	"name" text NOT NULL,
	"payload" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"fanned_out_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary_runner"."jobs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"function_id" text NOT NULL,
	"kind" text NOT NULL,
	"step_id" text,
	"due_at" timestamp with time zone NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"wait_event" text,
	"wait_if" text,
	"slots" text[] DEFAULT '{}' NOT NULL,
	"limits" integer[] DEFAULT '{}' NOT NULL,
	"lease_token" text,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tributary_runner"."memos" (
	"run_id" text NOT NULL,
	"step_id" text NOT NULL,
	"seq" bigserial NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "memos_run_id_step_id_pk" PRIMARY KEY("run_id","step_id")
);
--> statement-breakpoint
CREATE TABLE "tributary_runner"."runs" (
	"id" text PRIMARY KEY NOT NULL,
	"function_id" text NOT NULL,
	"event" text NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"planned" boolean DEFAULT false NOT NULL,
	"output" text,
	"slots" text[] DEFAULT '{}' NOT NULL,
	"limits" integer[] DEFAULT '{}' NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "tributary"."subscriptions" ADD CONSTRAINT "subscriptions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."devices" ADD CONSTRAINT "devices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "tributary"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."email_tokens" ADD CONSTRAINT "email_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "tributary"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "tributary"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sessions" ADD CONSTRAINT "sessions_device_id_devices_id_fk" FOREIGN KEY ("device_id") REFERENCES "tributary"."devices"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sign_in_codes" ADD CONSTRAINT "sign_in_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "tributary"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."job_runs" ADD CONSTRAINT "job_runs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."ledger_accounts" ADD CONSTRAINT "ledger_accounts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."ledger_postings" ADD CONSTRAINT "ledger_postings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."ledger_postings" ADD CONSTRAINT "ledger_postings_workspace_id_transaction_id_ledger_transactions_workspace_id_id_fk" FOREIGN KEY ("workspace_id","transaction_id") REFERENCES "tributary"."ledger_transactions"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."ledger_postings" ADD CONSTRAINT "ledger_postings_workspace_id_account_id_ledger_accounts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","account_id") REFERENCES "tributary"."ledger_accounts"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."ledger_transactions" ADD CONSTRAINT "ledger_transactions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."evergreen_posts" ADD CONSTRAINT "evergreen_posts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."evergreen_posts" ADD CONSTRAINT "evergreen_posts_workspace_id_post_id_posts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","post_id") REFERENCES "tributary"."posts"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."posting_slots" ADD CONSTRAINT "posting_slots_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."posting_slots" ADD CONSTRAINT "posting_slots_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."posting_slots" ADD CONSTRAINT "posting_slots_workspace_id_topic_id_topics_workspace_id_id_fk" FOREIGN KEY ("workspace_id","topic_id") REFERENCES "tributary"."topics"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series" ADD CONSTRAINT "series_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series" ADD CONSTRAINT "series_workspace_id_post_id_posts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","post_id") REFERENCES "tributary"."posts"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series" ADD CONSTRAINT "series_workspace_id_approval_id_approvals_workspace_id_id_fk" FOREIGN KEY ("workspace_id","approval_id") REFERENCES "tributary"."approvals"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series_occurrences" ADD CONSTRAINT "series_occurrences_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series_occurrences" ADD CONSTRAINT "series_occurrences_workspace_id_series_id_series_workspace_id_id_fk" FOREIGN KEY ("workspace_id","series_id") REFERENCES "tributary"."series"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series_occurrences" ADD CONSTRAINT "series_occurrences_workspace_id_publication_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","publication_id") REFERENCES "tributary"."publications"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series_targets" ADD CONSTRAINT "series_targets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series_targets" ADD CONSTRAINT "series_targets_workspace_id_series_id_series_workspace_id_id_fk" FOREIGN KEY ("workspace_id","series_id") REFERENCES "tributary"."series"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."series_targets" ADD CONSTRAINT "series_targets_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."actions" ADD CONSTRAINT "actions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."alerts" ADD CONSTRAINT "alerts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."approvals" ADD CONSTRAINT "approvals_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."generations" ADD CONSTRAINT "generations_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."posting_stops" ADD CONSTRAINT "posting_stops_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."posts" ADD CONSTRAINT "posts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."posts" ADD CONSTRAINT "posts_workspace_id_topic_id_topics_workspace_id_id_fk" FOREIGN KEY ("workspace_id","topic_id") REFERENCES "tributary"."topics"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publication_attempts" ADD CONSTRAINT "publication_attempts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publication_attempts" ADD CONSTRAINT "publication_attempts_workspace_id_publication_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","publication_id") REFERENCES "tributary"."publications"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publication_media" ADD CONSTRAINT "publication_media_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publication_media" ADD CONSTRAINT "publication_media_workspace_id_publication_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","publication_id") REFERENCES "tributary"."publications"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publication_media" ADD CONSTRAINT "publication_media_workspace_id_file_id_files_workspace_id_id_fk" FOREIGN KEY ("workspace_id","file_id") REFERENCES "tributary"."files"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publications" ADD CONSTRAINT "publications_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publications" ADD CONSTRAINT "publications_workspace_id_post_id_posts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","post_id") REFERENCES "tributary"."posts"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publications" ADD CONSTRAINT "publications_workspace_id_variant_id_variants_workspace_id_id_fk" FOREIGN KEY ("workspace_id","variant_id") REFERENCES "tributary"."variants"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publications" ADD CONSTRAINT "publications_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publications" ADD CONSTRAINT "publications_workspace_id_follows_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","follows_id") REFERENCES "tributary"."publications"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."variants" ADD CONSTRAINT "variants_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."variants" ADD CONSTRAINT "variants_workspace_id_post_id_posts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","post_id") REFERENCES "tributary"."posts"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publication_results" ADD CONSTRAINT "publication_results_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."publication_results" ADD CONSTRAINT "publication_results_workspace_id_publication_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","publication_id") REFERENCES "tributary"."publications"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."listing_views" ADD CONSTRAINT "listing_views_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."listing_views" ADD CONSTRAINT "listing_views_workspace_id_listing_id_listings_workspace_id_id_fk" FOREIGN KEY ("workspace_id","listing_id") REFERENCES "tributary"."listings"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."listings" ADD CONSTRAINT "listings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."listings" ADD CONSTRAINT "listings_workspace_id_product_id_products_workspace_id_id_fk" FOREIGN KEY ("workspace_id","product_id") REFERENCES "tributary"."products"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."listings" ADD CONSTRAINT "listings_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."listings" ADD CONSTRAINT "listings_workspace_id_picture_id_files_workspace_id_id_fk" FOREIGN KEY ("workspace_id","picture_id") REFERENCES "tributary"."files"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."price_changes" ADD CONSTRAINT "price_changes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."price_changes" ADD CONSTRAINT "price_changes_workspace_id_listing_id_listings_workspace_id_id_fk" FOREIGN KEY ("workspace_id","listing_id") REFERENCES "tributary"."listings"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."price_rules" ADD CONSTRAINT "price_rules_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."price_rules" ADD CONSTRAINT "price_rules_workspace_id_listing_id_listings_workspace_id_id_fk" FOREIGN KEY ("workspace_id","listing_id") REFERENCES "tributary"."listings"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."products" ADD CONSTRAINT "products_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."products" ADD CONSTRAINT "products_workspace_id_file_id_files_workspace_id_id_fk" FOREIGN KEY ("workspace_id","file_id") REFERENCES "tributary"."files"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD CONSTRAINT "sales_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD CONSTRAINT "sales_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sales" ADD CONSTRAINT "sales_workspace_id_listing_id_listings_workspace_id_id_fk" FOREIGN KEY ("workspace_id","listing_id") REFERENCES "tributary"."listings"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sync_cursors" ADD CONSTRAINT "sync_cursors_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."sync_cursors" ADD CONSTRAINT "sync_cursors_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."activity" ADD CONSTRAINT "activity_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" ADD CONSTRAINT "connection_choices_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."connection_choices" ADD CONSTRAINT "connection_choices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "tributary"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."connections" ADD CONSTRAINT "connections_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."files" ADD CONSTRAINT "files_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."members" ADD CONSTRAINT "members_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."members" ADD CONSTRAINT "members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "tributary"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."oauth_states" ADD CONSTRAINT "oauth_states_for_workspace_workspaces_id_fk" FOREIGN KEY ("for_workspace") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."posting_settings" ADD CONSTRAINT "posting_settings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."rate_buckets" ADD CONSTRAINT "rate_buckets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."rate_buckets" ADD CONSTRAINT "rate_buckets_workspace_id_connection_id_connections_workspace_id_id_fk" FOREIGN KEY ("workspace_id","connection_id") REFERENCES "tributary"."connections"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."streams" ADD CONSTRAINT "streams_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."streams" ADD CONSTRAINT "streams_responsible_user_id_users_id_fk" FOREIGN KEY ("responsible_user_id") REFERENCES "tributary"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."topics" ADD CONSTRAINT "topics_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary_runner"."jobs" ADD CONSTRAINT "jobs_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "tributary_runner"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary_runner"."memos" ADD CONSTRAINT "memos_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "tributary_runner"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_events_received" ON "tributary"."webhook_events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "devices_user" ON "tributary"."devices" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "emails_status" ON "tributary"."emails" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "tributary"."sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_in_codes_user" ON "tributary"."sign_in_codes" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_in_codes_expires" ON "tributary"."sign_in_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_unique" ON "tributary"."users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "job_runs_recent" ON "tributary"."job_runs" USING btree ("workspace_id","started_at");--> statement-breakpoint
CREATE INDEX "system_runs_recent" ON "tributary"."system_runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "ledger_postings_account" ON "tributary"."ledger_postings" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "ledger_transactions_recent" ON "tributary"."ledger_transactions" USING btree ("workspace_id","occurred_at");--> statement-breakpoint
CREATE INDEX "ledger_transactions_source" ON "tributary"."ledger_transactions" USING btree ("workspace_id","source_type","source_id");--> statement-breakpoint
CREATE INDEX "evergreen_posts_running" ON "tributary"."evergreen_posts" USING btree ("workspace_id") WHERE not paused;--> statement-breakpoint
CREATE INDEX "series_active" ON "tributary"."series" USING btree ("workspace_id") WHERE state = 'active';--> statement-breakpoint
CREATE INDEX "series_post" ON "tributary"."series" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "actions_open" ON "tributary"."actions" USING btree ("workspace_id","state");--> statement-breakpoint
CREATE UNIQUE INDEX "actions_once" ON "tributary"."actions" USING btree ("workspace_id","kind","subject_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "alerts_open" ON "tributary"."alerts" USING btree ("workspace_id","resolved");--> statement-breakpoint
CREATE INDEX "alerts_ended" ON "tributary"."alerts" USING btree ("workspace_id","resolved_at") WHERE resolved;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_once" ON "tributary"."alerts" USING btree ("workspace_id","key") WHERE not resolved;--> statement-breakpoint
CREATE INDEX "approvals_deadline" ON "tributary"."approvals" USING btree ("deadline_at") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "approvals_subject" ON "tributary"."approvals" USING btree ("workspace_id","subject_id");--> statement-breakpoint
CREATE INDEX "approvals_waiting" ON "tributary"."approvals" USING btree ("workspace_id","deadline_at") WHERE state in ('open','kept');--> statement-breakpoint
CREATE INDEX "generations_recent" ON "tributary"."generations" USING btree ("workspace_id","created_at");--> statement-breakpoint
CREATE INDEX "posting_stops_recent" ON "tributary"."posting_stops" USING btree ("workspace_id","stopped_at");--> statement-breakpoint
CREATE INDEX "posts_recent" ON "tributary"."posts" USING btree ("workspace_id","updated_at");--> statement-breakpoint
CREATE INDEX "publication_media_file" ON "tributary"."publication_media" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "publications_due" ON "tributary"."publications" USING btree ("due_at","workspace_id","retry_at","claimed_until") WHERE state = 'scheduled';--> statement-breakpoint
CREATE INDEX "publications_again" ON "tributary"."publications" USING btree (greatest(due_at, retry_at, claimed_until)) WHERE state = 'scheduled' and (retry_at is not null or claimed_until is not null);--> statement-breakpoint
CREATE INDEX "publications_in_flight" ON "tributary"."publications" USING btree ("claimed_until") WHERE state in ('queued','publishing');--> statement-breakpoint
CREATE INDEX "publications_lane" ON "tributary"."publications" USING btree ("connection_id","due_at","id") WHERE state in ('scheduled','queued','publishing');--> statement-breakpoint
CREATE INDEX "publications_history" ON "tributary"."publications" USING btree ("connection_id",coalesce(published_at, due_at)) WHERE state in ('awaiting_approval','published','unknown');--> statement-breakpoint
CREATE UNIQUE INDEX "publications_sending" ON "tributary"."publications" USING btree ("connection_id") WHERE state = 'publishing';--> statement-breakpoint
CREATE INDEX "publications_calendar" ON "tributary"."publications" USING btree ("workspace_id","due_at");--> statement-breakpoint
CREATE INDEX "publications_ahead" ON "tributary"."publications" USING btree ("workspace_id","due_at","id") WHERE state in ('awaiting_approval','scheduled','queued','publishing');--> statement-breakpoint
CREATE INDEX "publications_changed" ON "tributary"."publications" USING btree ("workspace_id","updated_at");--> statement-breakpoint
CREATE INDEX "publications_post" ON "tributary"."publications" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "publications_follows" ON "tributary"."publications" USING btree ("follows_id") WHERE follows_id is not null;--> statement-breakpoint
CREATE INDEX "publications_approval" ON "tributary"."publications" USING btree ("approval_id") WHERE approval_id is not null;--> statement-breakpoint
CREATE INDEX "publications_set_aside" ON "tributary"."publications" USING btree ("set_aside_by") WHERE set_aside_by is not null;--> statement-breakpoint
CREATE INDEX "publications_media" ON "tributary"."publications" USING btree ("due_at") WHERE media_until is not null and state in ('scheduled','queued');--> statement-breakpoint
CREATE INDEX "publications_remote" ON "tributary"."publications" USING btree ("connection_id","remote_id") WHERE remote_id is not null;--> statement-breakpoint
CREATE INDEX "publication_results_due" ON "tributary"."publication_results" USING btree ("next_read_at") WHERE next_read_at is not null;--> statement-breakpoint
CREATE INDEX "publication_results_lane" ON "tributary"."publication_results" USING btree ("connection_id","next_read_at") WHERE next_read_at is not null;--> statement-breakpoint
CREATE INDEX "publication_results_reached" ON "tributary"."publication_results" USING btree ("follow_up_at") WHERE follow_up_state = 'reached';--> statement-breakpoint
CREATE UNIQUE INDEX "listings_one_live" ON "tributary"."listings" USING btree ("product_id","connection_id") WHERE state <> 'delisted';--> statement-breakpoint
CREATE INDEX "listings_picture" ON "tributary"."listings" USING btree ("picture_id") WHERE picture_id is not null;--> statement-breakpoint
CREATE INDEX "price_changes_listing" ON "tributary"."price_changes" USING btree ("listing_id","created_at");--> statement-breakpoint
CREATE INDEX "sales_recent" ON "tributary"."sales" USING btree ("workspace_id","sold_at");--> statement-breakpoint
CREATE INDEX "sales_listing" ON "tributary"."sales" USING btree ("listing_id") WHERE listing_id is not null;--> statement-breakpoint
CREATE INDEX "activity_recent" ON "tributary"."activity" USING btree ("workspace_id","at");--> statement-breakpoint
CREATE INDEX "activity_texts" ON "tributary"."activity" USING btree ("workspace_id","subject_id") WHERE (before ? 'texts' or after ? 'texts');--> statement-breakpoint
CREATE INDEX "connection_choices_member" ON "tributary"."connection_choices" USING btree ("workspace_id","user_id");--> statement-breakpoint
CREATE INDEX "connection_choices_ends" ON "tributary"."connection_choices" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "connections_granted" ON "tributary"."connections" USING btree ("platform","granted_by") WHERE granted_by is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "files_media_once" ON "tributary"."files" USING btree ("workspace_id","sha256") WHERE kind is not null;--> statement-breakpoint
CREATE INDEX "files_unused" ON "tributary"."files" USING btree ("workspace_id","unused_since") WHERE unused_since is not null;--> statement-breakpoint
CREATE INDEX "files_content" ON "tributary"."files" USING btree ("storage_key");--> statement-breakpoint
CREATE INDEX "files_still" ON "tributary"."files" USING btree ("still_key") WHERE still_key is not null;--> statement-breakpoint
CREATE INDEX "members_user" ON "tributary"."members" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "workspaces_held" ON "tributary"."workspaces" USING btree ("id") WHERE held_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "sandbox_accounts_handle" ON "tributary_sandbox"."accounts" USING btree ("platform","kind","handle");--> statement-breakpoint
CREATE INDEX "sandbox_etsy_assets_listing" ON "tributary_sandbox"."etsy_assets" USING btree ("listing_id","kind");--> statement-breakpoint
CREATE INDEX "sandbox_etsy_ledger_shop" ON "tributary_sandbox"."etsy_ledger" USING btree ("shop_id","created_at");--> statement-breakpoint
CREATE INDEX "sandbox_etsy_listings_shop" ON "tributary_sandbox"."etsy_listings" USING btree ("shop_id","state");--> statement-breakpoint
CREATE UNIQUE INDEX "sandbox_etsy_receipts_visit" ON "tributary_sandbox"."etsy_receipts" USING btree ("visit");--> statement-breakpoint
CREATE INDEX "sandbox_etsy_receipts_shop" ON "tributary_sandbox"."etsy_receipts" USING btree ("shop_id","created_at");--> statement-breakpoint
CREATE INDEX "sandbox_media_post" ON "tributary_sandbox"."media" USING btree ("post_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sandbox_posts_dedupe" ON "tributary_sandbox"."posts" USING btree ("account_id","dedupe_key");--> statement-breakpoint
CREATE INDEX "sandbox_posts_account" ON "tributary_sandbox"."posts" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "sandbox_posts_replies" ON "tributary_sandbox"."posts" USING btree ("reply_to");--> statement-breakpoint
CREATE INDEX "sandbox_reposts_post" ON "tributary_sandbox"."reposts" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "sandbox_stripe_deliveries_due" ON "tributary_sandbox"."stripe_deliveries" USING btree ("next_at") WHERE "tributary_sandbox"."stripe_deliveries"."delivered_at" is null;--> statement-breakpoint
CREATE INDEX "sandbox_stripe_type" ON "tributary_sandbox"."stripe_objects" USING btree ("type","seq");--> statement-breakpoint
CREATE INDEX "sandbox_stripe_parent" ON "tributary_sandbox"."stripe_objects" USING btree ("parent","type");--> statement-breakpoint
CREATE INDEX "sandbox_tokens_grant" ON "tributary_sandbox"."tokens" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "events_waiting" ON "tributary_runner"."events" USING btree ("seq") WHERE fanned_out_at is null;--> statement-breakpoint
CREATE INDEX "events_received" ON "tributary_runner"."events" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "jobs_due" ON "tributary_runner"."jobs" USING btree ("due_at","id");--> statement-breakpoint
CREATE INDEX "jobs_run" ON "tributary_runner"."jobs" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "jobs_wait" ON "tributary_runner"."jobs" USING btree ("wait_event") WHERE wait_event is not null;--> statement-breakpoint
CREATE INDEX "jobs_leased" ON "tributary_runner"."jobs" USING btree ("lease_until") WHERE lease_until is not null;--> statement-breakpoint
CREATE INDEX "runs_ended" ON "tributary_runner"."runs" USING btree ("ended_at") WHERE ended_at is not null;