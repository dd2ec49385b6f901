#include "CShippedFiles.h"

// Swift's clang has C23's #embed in every mode of C.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct axport_file files[] = {
    {"pipelines/assets-glpi.axport.yaml", (const char[]){
#embed "../../../pipelines/assets-glpi.axport.yaml" suffix(, 0)
    }},
    {"pipelines/assets-jira.axport.yaml", (const char[]){
#embed "../../../pipelines/assets-jira.axport.yaml" suffix(, 0)
    }},
    {"pipelines/assets-netbox.axport.yaml", (const char[]){
#embed "../../../pipelines/assets-netbox.axport.yaml" suffix(, 0)
    }},
    {"pipelines/assets-servicenow.axport.yaml", (const char[]){
#embed "../../../pipelines/assets-servicenow.axport.yaml" suffix(, 0)
    }},
    {"pipelines/assets-snipe-it.axport.yaml", (const char[]){
#embed "../../../pipelines/assets-snipe-it.axport.yaml" suffix(, 0)
    }},
    {"pipelines/assign-new-devices.axport.yaml", (const char[]){
#embed "../../../pipelines/assign-new-devices.axport.yaml" suffix(, 0)
    }},
    {"pipelines/audit-export.axport.yaml", (const char[]){
#embed "../../../pipelines/audit-export.axport.yaml" suffix(, 0)
    }},
    {"pipelines/esim-list.axport.yaml", (const char[]){
#embed "../../../pipelines/esim-list.axport.yaml" suffix(, 0)
    }},
    {"pipelines/intune-corporate-identifiers.axport.yaml", (const char[]){
#embed "../../../pipelines/intune-corporate-identifiers.axport.yaml" suffix(, 0)
    }},
    {"pipelines/jamf-mut.axport.yaml", (const char[]){
#embed "../../../pipelines/jamf-mut.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-cisco-ise.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-cisco-ise.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-clearpass.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-clearpass.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-freeradius-files.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-freeradius-files.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-freeradius-sql.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-freeradius-sql.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-juniper-mist.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-juniper-mist.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-meraki.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-meraki.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-packetfence.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-packetfence.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nac-unifi.axport.yaml", (const char[]){
#embed "../../../pipelines/nac-unifi.axport.yaml" suffix(, 0)
    }},
    {"pipelines/nightly-postgres.axport.yaml", (const char[]){
#embed "../../../pipelines/nightly-postgres.axport.yaml" suffix(, 0)
    }},
    {"pipelines/recipes.md", (const char[]){
#embed "../../../pipelines/recipes.md" suffix(, 0)
    }},
    {"pipelines/several-organizations.axport.yaml", (const char[]){
#embed "../../../pipelines/several-organizations.axport.yaml" suffix(, 0)
    }},
    {"sql/postgres/2-constraints.sql", (const char[]){
#embed "../../../sql/postgres/2-constraints.sql" suffix(, 0)
    }},
    {"sql/postgres/3-views.sql", (const char[]){
#embed "../../../sql/postgres/3-views.sql" suffix(, 0)
    }},
    {"sql/postgres/4-roles.sql", (const char[]){
#embed "../../../sql/postgres/4-roles.sql" suffix(, 0)
    }},
    {"sql/reports/applecare-expiring.postgres.sql", (const char[]){
#embed "../../../sql/reports/applecare-expiring.postgres.sql" suffix(, 0)
    }},
    {"sql/reports/applecare-expiring.sqlite.sql", (const char[]){
#embed "../../../sql/reports/applecare-expiring.sqlite.sql" suffix(, 0)
    }},
    {"sql/reports/devices-by-server-and-family.sql", (const char[]){
#embed "../../../sql/reports/devices-by-server-and-family.sql" suffix(, 0)
    }},
    {"sql/reports/shared-imeis.postgres.sql", (const char[]){
#embed "../../../sql/reports/shared-imeis.postgres.sql" suffix(, 0)
    }},
    {"sql/reports/shared-imeis.sqlite.sql", (const char[]){
#embed "../../../sql/reports/shared-imeis.sqlite.sql" suffix(, 0)
    }},
    {"sql/reports/storage-mix.sql", (const char[]){
#embed "../../../sql/reports/storage-mix.sql" suffix(, 0)
    }},
    {"sql/reports/unassigned-devices.sql", (const char[]){
#embed "../../../sql/reports/unassigned-devices.sql" suffix(, 0)
    }},
};

const struct axport_file *axport_shipped_file(size_t index) {
    return index < sizeof(files) / sizeof(files[0]) ? &files[index] : NULL;
}
