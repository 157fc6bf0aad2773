<?php
// Prepares a Moodle (4.5) for the journey in this folder; may be run again. Only for a Moodle to try things in:
// it lets Moodle reach tools on the own machine, on any port, and turns its guided tours off.
// From Moodle's own folder, as the user that the web server runs as:  php …/tests/lms/moodle/seed.php
// Makes the courses MIROIR101 and MIROIR102 (completion on), a course competency, and people with the password
// Pass-1234: nadia (teacher), tom (non-editing teacher), amina and jonas (students), lea (in no course).
// Backups run at once instead of waiting for cron; French and Arabic can be chosen, without their texts.

define('CLI_SCRIPT', true);
require(getcwd() . '/config.php');
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->dirroot . '/user/lib.php');

use core_competency\api;

const PASSWORD = 'Pass-1234';
const PEOPLE = [
    'nadia' => ['Nadia', 'Haddad', 'editingteacher'],
    'tom' => ['Tom', 'Okafor', 'teacher'],
    'amina' => ['Amina', 'Benali', 'student'],
    'jonas' => ['Jonas', 'Weber', 'student'],
    'lea' => ['Lea', 'Fischer', null],
];
const COURSES = ['MIROIR101' => 'Library practice', 'MIROIR102' => 'Library practice in the evening'];
const LANGUAGES = ['fr' => ['Français', 'ltr'], 'ar' => ['عربي', 'rtl']];

function course_called(string $short, string $full): stdClass {
    global $DB;
    $found = $DB->get_record('course', ['shortname' => $short]);
    return $found ?: create_course((object) [
        'fullname' => $full, 'shortname' => $short, 'category' => 1,
        'enablecompletion' => 1, 'numsections' => 2, 'format' => 'topics',
    ]);
}

function person(string $username, string $first, string $last): int {
    global $DB, $CFG;
    $known = $DB->get_field('user', 'id', ['username' => $username]);
    return (int) ($known ?: user_create_user((object) [
        'username' => $username, 'password' => PASSWORD, 'firstname' => $first, 'lastname' => $last,
        'email' => "$username@example.org", 'confirmed' => 1, 'auth' => 'manual',
        'mnethostid' => $CFG->mnet_localhost_id,
    ]));
}

function competency_of_the_course(int $courseid): void {
    global $DB;
    if (api::list_frameworks('shortname', 'ASC', 0, 1, context_system::instance(), 'self', false, 'Miroir')) {
        return;
    }
    $scale = $DB->get_record_sql('SELECT * FROM {scale} WHERE courseid = 0 ORDER BY id DESC', [], IGNORE_MULTIPLE);
    $framework = api::create_framework((object) [
        'shortname' => 'Miroir', 'idnumber' => 'MIROIR', 'scaleid' => $scale->id, 'visible' => 1,
        'description' => '', 'descriptionformat' => FORMAT_HTML, 'contextid' => context_system::instance()->id,
        'scaleconfiguration' => json_encode([
            ['scaleid' => $scale->id],
            // "Complete the competency" gives the default, so the default must be the proficient one.
            ['id' => 2, 'scaledefault' => 1, 'proficient' => 1],
        ]),
    ]);
    $competency = api::create_competency((object) [
        'shortname' => 'Reflects on own practice', 'idnumber' => 'MIROIR1', 'description' => '',
        'descriptionformat' => FORMAT_HTML, 'competencyframeworkid' => $framework->get('id'), 'parentid' => 0,
    ]);
    api::add_competency_to_course($courseid, $competency->get('id'));
}

function language(string $tag, string $name, string $direction): void {
    global $CFG;
    $folder = "{$CFG->langotherroot}/$tag";
    check_dir_exists($folder);
    $config = ['thislanguage' => $name, 'thisdirection' => $direction, 'iso6391' => $tag, 'parentlanguage' => ''];
    $lines = array_map(fn($key) => "\$string['$key'] = " . var_export($config[$key], true) . ";\n", array_keys($config));
    file_put_contents("$folder/langconfig.php", "<?php\n" . implode('', $lines));
}

\core\session\manager::set_user(get_admin());
set_config('curlsecurityblockedhosts', '');
set_config('curlsecurityallowedport', '');
$DB->set_field('tool_usertours_tours', 'enabled', 0);
set_config('enablecompletion', 1);
set_config('enableasyncbackup', 0);
foreach (LANGUAGES as $tag => $language) {
    language($tag, ...$language);
}
get_string_manager()->reset_caches();
$roles = $DB->get_records_menu('role', null, '', 'shortname,id');
foreach (COURSES as $short => $full) {
    $course = course_called($short, $full);
    foreach (PEOPLE as $username => [$first, $last, $role]) {
        $id = person($username, $first, $last);
        if ($role) {
            enrol_try_internal_enrol($course->id, $id, $roles[$role]);
        }
    }
    competency_of_the_course($course->id);
    echo "Course {$course->id} is ready.\n";
}
