CREATE TABLE "tributary"."file_versions" (
	"workspace_id" text NOT NULL,
	"file_id" text NOT NULL,
	"variant" text NOT NULL,
	"storage_key" text NOT NULL,
	"mime" text NOT NULL,
	"bytes" integer NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "file_versions_file_id_variant_pk" PRIMARY KEY("file_id","variant")
);
--> statement-breakpoint
ALTER TABLE "tributary"."publications" ADD COLUMN "media_ahead" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "tributary"."file_versions" ADD CONSTRAINT "file_versions_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "tributary"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tributary"."file_versions" ADD CONSTRAINT "file_versions_workspace_id_file_id_files_workspace_id_id_fk" FOREIGN KEY ("workspace_id","file_id") REFERENCES "tributary"."files"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "file_versions_content" ON "tributary"."file_versions" USING btree ("storage_key");