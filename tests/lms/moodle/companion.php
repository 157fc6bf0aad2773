<?php
// Prepares Moodle's side of the companion as docs/moodle.md tells its administrator to, or takes a piece away.
// Run in Moodle's folder as its web server's user:  php …/companion.php make FUNCTION… -- CAPABILITY…  (prints a token)
//   import IDNUMBER < FILE.csv imports a framework by Moodle's own importer; prints its number
//   forget NUMBER              takes a framework away, with its ratings
//   competency IDNUMBER        prints the number of a competency
//   set WHAT [VALUE]           one fault, or its mending: rest, services, service, suspended, expired, ip,
//                              maintenance, competencies
//   capability NAME 0|1        takes a capability from the role, or gives it back
//   function NAME 0|1          takes a function out of the service, or puts it back
//   group COURSE NAME USER…    makes a group
//   remove                     takes service, account and role away again

define('CLI_SCRIPT', true);
require(getcwd() . '/config.php');
require_once($CFG->dirroot . '/user/lib.php');
require_once($CFG->dirroot . '/group/lib.php');
require_once($CFG->dirroot . '/webservice/lib.php');
require_once($CFG->libdir . '/csvlib.class.php');

const NAME = 'miroir_companion';

\core\session\manager::set_user(get_admin());
[, $command] = $argv;
$given = array_slice($argv, 2);
$manager = new webservice();

function account(): int {
    global $DB, $CFG;
    $known = $DB->get_field('user', 'id', ['username' => NAME, 'deleted' => 0]);
    return (int) ($known ?: user_create_user((object) [
        'username' => NAME, 'password' => 'Pass-1234', 'firstname' => 'Miroir', 'lastname' => 'Companion',
        'email' => NAME . '@example.org', 'confirmed' => 1, 'auth' => 'manual', 'mnethostid' => $CFG->mnet_localhost_id,
    ]));
}

function role_with(array $capabilities): int {
    global $DB;
    $id = $DB->get_field('role', 'id', ['shortname' => NAME]);
    if (!$id) {
        $id = create_role('Miroir companion', NAME, '');
        set_role_contextlevels($id, [CONTEXT_SYSTEM]);
    }
    foreach ($capabilities as $capability) {
        assign_capability($capability, CAP_ALLOW, $id, context_system::instance(), true);
    }
    role_assign($id, account(), context_system::instance());
    return (int) $id;
}

function service(): stdClass {
    global $DB, $manager;
    $known = $DB->get_record('external_services', ['shortname' => NAME]);
    if (!$known) {
        $manager->add_external_service((object) [
            'name' => 'Miroir companion', 'shortname' => NAME, 'enabled' => 1, 'restrictedusers' => 1,
            'requiredcapability' => '', 'downloadfiles' => 0, 'uploadfiles' => 0,
        ]);
        $known = $DB->get_record('external_services', ['shortname' => NAME]);
        $manager->add_ws_authorised_user((object) ['externalserviceid' => $known->id, 'userid' => account()]);
    }
    return $known;
}

function token(): string {
    global $DB;
    $known = $DB->get_field('external_tokens', 'token', ['externalserviceid' => service()->id]);
    return $known ?: \core_external\util::generate_token(
        EXTERNAL_TOKEN_PERMANENT, service(), account(), context_system::instance()
    );
}

function forget(int $framework): void {
    global $DB;
    $ids = $DB->get_fieldset('competency', 'id', ['competencyframeworkid' => $framework]);
    [$in, $params] = $DB->get_in_or_equal($ids ?: [0]);
    // Moodle does not delete what a course uses or somebody was rated in.
    $DB->delete_records_select('competency_evidence', "usercompetencyid IN (SELECT id FROM {competency_usercomp} WHERE competencyid $in)", $params);
    foreach (['competency_usercompcourse', 'competency_usercomp', 'competency_coursecomp'] as $table) {
        $DB->delete_records_select($table, "competencyid $in", $params);
    }
    \core_competency\api::delete_framework($framework);
}

switch ($command) {
    case 'make':
        $between = array_search('--', $given);
        set_config('enablewebservices', 1);
        set_config('webserviceprotocols', 'rest');
        role_with(array_slice($given, $between + 1));
        foreach (array_slice($given, 0, $between) as $function) {
            if (!$manager->service_function_exists($function, service()->id)) {
                $manager->add_external_function_to_service($function, service()->id);
            }
        }
        echo token() . "\n";
        break;
    case 'import':
        $known = $DB->get_field('competency_framework', 'id', ['idnumber' => $given[0]]);
        if ($known) {
            forget((int) $known);
        }
        $importer = new \tool_lpimportcsv\framework_importer(stream_get_contents(STDIN), 'utf-8', 'comma');
        $framework = $importer->import();
        echo ($framework ? $framework->get('id') : $importer->get_error()) . "\n";
        break;
    case 'forget':
        forget((int) $given[0]);
        break;
    case 'competency':
        echo $DB->get_field('competency', 'id', ['idnumber' => $given[0]], MUST_EXIST) . "\n";
        break;
    case 'set':
        [$what, $value] = $given + [1 => ''];
        match ($what) {
            'rest' => set_config('webserviceprotocols', $value ? 'rest' : ''),
            'services' => set_config('enablewebservices', (int) $value),
            'service' => $DB->set_field('external_services', 'enabled', (int) $value, ['shortname' => NAME]),
            'suspended' => $DB->set_field('user', 'suspended', (int) $value, ['username' => NAME]),
            'expired' => $DB->set_field('external_tokens', 'validuntil', $value ? time() - 60 : 0, ['externalserviceid' => service()->id]),
            'ip' => $DB->set_field('external_tokens', 'iprestriction', $value, ['externalserviceid' => service()->id]),
            'maintenance' => set_config('maintenance_enabled', (int) $value),
            'competencies' => set_config('enabled', (int) $value, 'core_competency'),
        };
        break;
    case 'capability':
        $change = $given[1] ? CAP_ALLOW : CAP_INHERIT;
        assign_capability($given[0], $change, role_with([]), context_system::instance(), true);
        break;
    case 'function':
        $change = $given[1] ? 'add_external_function_to_service' : 'remove_external_function_from_service';
        $manager->$change($given[0], service()->id);
        break;
    case 'group':
        $group = groups_create_group((object) ['courseid' => $given[0], 'name' => $given[1]]);
        foreach (array_slice($given, 2) as $username) {
            groups_add_member($group, $DB->get_field('user', 'id', ['username' => $username]));
        }
        break;
    case 'remove':
        if ($DB->record_exists('external_services', ['shortname' => NAME])) {
            $manager->delete_service(service()->id);
        }
        delete_user($DB->get_record('user', ['id' => account()]));
        delete_role(role_with([]));
        break;
}
