//! What stands in the schema that the port has no name for: somebody else's triggers and tables, unknown
//! settings, nodes outside the tree. `log verify` asks, because a trigger could undo what it proves.
use crate::columns::{natural, plain};
use crate::fault::Result;
use crate::session::Session;
use std::collections::BTreeSet;
use upah_core::setting::Setting;
use upah_core::store::Census;

/// What the schema of the present format is made of, one thing a line; a test compares it with a fresh store.
const OURS: &str = include_str!("migrations/schema.txt");

/// What the schema is made of: kind, name, definition. A table that inherits from one of ours, and a
/// rule, a policy or a trigger on one, belong to nobody else's schema but change what ours answers.
const THEIRS: &str = r"
    WITH ours AS (SELECT c.oid, c.relname, c.relkind, c.relpersistence, c.relrowsecurity FROM pg_class AS c
                  WHERE c.relnamespace = to_regnamespace('upah'))
    SELECT 'column', ours.relname || '.' || a.attname,
           format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
           || coalesce(' collate ' || nullif(l.collname, 'default'), '')
           || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    FROM ours JOIN pg_attribute AS a ON a.attrelid = ours.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
              LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
    WHERE ours.relkind = 'r'
    UNION ALL
    SELECT CASE ours.relkind WHEN 'r' THEN 'table' WHEN 'i' THEN 'index' WHEN 'v' THEN 'view' ELSE 'relation' END,
           ours.relname,
           CASE ours.relpersistence WHEN 'p' THEN 'durable' ELSE 'not durable' END
           || CASE WHEN ours.relrowsecurity THEN ' row security' ELSE '' END
           || coalesce(' ' || pg_get_indexdef(i.indexrelid), '') || CASE WHEN i.indisvalid = false THEN ' invalid' ELSE '' END
    FROM ours LEFT JOIN pg_index AS i ON i.indexrelid = ours.oid
    UNION ALL
    SELECT 'constraint', ours.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
    FROM ours JOIN pg_constraint AS k ON k.conrelid = ours.oid WHERE k.contype <> 'n'
    UNION ALL
    SELECT 'trigger', ours.relname || '.' || t.tgname, '' FROM ours JOIN pg_trigger AS t ON t.tgrelid = ours.oid
    UNION ALL
    SELECT 'rule', ours.relname || '.' || w.rulename, '' FROM ours JOIN pg_rewrite AS w ON w.ev_class = ours.oid
    UNION ALL
    SELECT 'policy', ours.relname || '.' || p.polname, '' FROM ours JOIN pg_policy AS p ON p.polrelid = ours.oid
    UNION ALL
    SELECT 'inheriting table', h.inhrelid::regclass::text, ''
    FROM ours JOIN pg_inherits AS h ON h.inhparent = ours.oid WHERE ours.relkind = 'r'
    UNION ALL
    SELECT 'function', f.proname, '' FROM pg_proc AS f WHERE f.pronamespace = to_regnamespace('upah')";

/// Counts and compares.
pub(crate) async fn census(session: &mut Session) -> Result<Census> {
    // Whole tables are read here, for which the plans of everything else are the wrong ones.
    session.batch("SET LOCAL enable_hashjoin = on; SET LOCAL enable_seqscan = on").await?;
    let mut irregular = Vec::new();
    let ours: BTreeSet<&str> = OURS.lines().collect();
    let theirs: BTreeSet<String> = schema(session).await?;
    for thing in theirs.iter().filter(|thing| !ours.contains(thing.as_str())) {
        irregular.push(format!("{} is not of this format", name_of(thing)));
    }
    for thing in ours.iter().filter(|thing| !theirs.contains(**thing)) {
        irregular.push(format!("{} is missing or was changed", name_of(thing)));
    }
    for row in session.query("SELECT key FROM upah.meta ORDER BY key", &[]).await? {
        let key: &str = plain(&row, 0)?;
        if Setting::from_name(key).is_none() {
            irregular.push(format!("setting {key:?} is unknown"));
        }
    }
    let row = session
        .one(
            "SELECT (SELECT count(*) FROM upah.record), (SELECT count(*) FROM upah.node),
                    (SELECT count(*) FROM upah.record AS event
                     WHERE NOT EXISTS (SELECT 1 FROM upah.payment AS p WHERE p.no = event.stream)
                       AND NOT EXISTS (SELECT 1 FROM upah.run AS r WHERE -r.no = event.stream)),
                    (SELECT count(*) FROM upah.payee), (SELECT count(*) FROM upah.trace)",
            &[],
        )
        .await?;
    let (mut complete, nodes, orphans) =
        (natural::<u64>(&row, 0)? / 256, natural::<u64>(&row, 1)?, natural::<u64>(&row, 2)?);
    let mut expected_nodes = 0;
    while complete > 0 {
        expected_nodes += complete;
        complete /= 256;
    }
    if nodes != expected_nodes {
        irregular.push(format!("the tree has {nodes} stored nodes, its entries make {expected_nodes}"));
    }
    if orphans > 0 {
        irregular.push(format!("{orphans} events belong to no payment and no run"));
    }
    Ok(Census { payees: natural(&row, 3)?, traces: natural(&row, 4)?, irregular })
}

/// What the schema is made of, as lines of kind, name and definition.
pub(crate) async fn schema(session: &mut Session) -> Result<BTreeSet<String>> {
    let rows = session.client.query(THEIRS, &[]).await?;
    let line = |row: &tokio_postgres::Row| {
        let (kind, name, definition): (&str, &str, &str) = (plain(row, 0)?, plain(row, 1)?, plain(row, 2)?);
        Ok(format!("{kind}\t{name}\t{definition}"))
    };
    rows.iter().map(line).collect()
}

fn name_of(thing: &str) -> String {
    thing.split('\t').take(2).collect::<Vec<_>>().join(" ")
}
