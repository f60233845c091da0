# SPDX-License-Identifier: MIT
"""In a real browser: /docs renders everything under its policy, Authorize + Execute get an answer; a report's chart is whole."""
import json

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.ui import WebDriverWait

from support.cluster import ROOT
from test_certificate_proofs import scanned
from test_certificates import Certificates

WAIT = 60  # only against hanging
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
         "--window-size=1400,3000", "--lang=en-US"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(service=Driver("/usr/bin/chromedriver"), options=options)
    browser.set_script_timeout(WAIT)
    yield browser
    browser.quit()


def wait(browser, condition):
    return WebDriverWait(browser, WAIT).until(condition)


def find(browser, selector):
    return wait(browser, expect.element_to_be_clickable((By.CSS_SELECTOR, selector)))


def click(browser, element):
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


@pytest.fixture
def page(browser, service):
    """Opens /docs and waits until the contract is drawn; at the end nothing may have gone wrong in the console."""
    browser.get_log("browser")

    def open_page(language):
        browser.get(f"{service.url}/docs?lang={language}")
        wait(browser, expect.presence_of_element_located((By.CSS_SELECTOR, ".opblock-summary-path")))
        return browser

    yield open_page
    assert [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


def texts(browser, selector):
    return [element.get_attribute("textContent") for element in browser.find_elements(By.CSS_SELECTOR, selector)]


# The viewer keeps only what is in sight, and what follows takes its height once it has been drawn: so the page is read like a
# person reads it, from the top, a screen at a time.
READ_PAGE = """
const done = arguments[0], seen = {operations: new Map(), tags: new Set()};
function read() {
  for (const block of document.querySelectorAll('.opblock')) {
    const text = part => block.querySelector('.opblock-summary-' + part).textContent.replaceAll('\u200b', '');
    seen.operations.set(text('method') + ' ' + text('path'), text('description'));
  }
  for (const tag of document.querySelectorAll('.opblock-tag')) seen.tags.add(tag.dataset.tag);
  if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1)
    return done({operations: Object.fromEntries(seen.operations), tags: [...seen.tags]});
  scrollBy(0, innerHeight / 2);
  requestAnimationFrame(() => requestAnimationFrame(read));
}
read();
"""


def test_everything_is_drawn(page, contract):
    browser = page("en")
    drawn = browser.execute_async_script(READ_PAGE)
    assert set(drawn["operations"]) == {f"{operation.method} {operation.path}" for operation in contract.operations.values()}
    assert drawn["tags"] == [tag["name"] for tag in contract.document["tags"]]
    assert contract.document["info"]["title"] in texts(browser, ".info .title")[0]
    assert not browser.find_elements(By.CSS_SELECTOR, ".errors-wrapper"), "the viewer complains of the contract"


def test_in_vietnamese_too(page, contract):
    browser = page("vi")
    summaries = set(browser.execute_async_script(READ_PAGE)["operations"].values())
    assert summaries == {operation.node["x-vi"]["summary"] for operation in contract.operations.values()}
    assert browser.find_element(By.CSS_SELECTOR, "html").get_attribute("lang") == "vi"


def test_switching_the_language(page):
    browser = page("vi")
    click(browser, find(browser, "nav a[hreflang=en]"))
    wait(browser, lambda browser: "lang=en" in browser.current_url)
    wait(browser, expect.presence_of_element_located((By.CSS_SELECTOR, ".opblock-summary-path")))
    assert find(browser, "nav a[aria-current]").text == "English"


def test_authorize_and_execute(page, caller, contract):
    client = caller(province="70", scopes=("registry:read",)).client
    browser = page("en")
    click(browser, find(browser, "button.authorize"))
    find(browser, "#client_id_clientCredentials, #client_id").send_keys(client["client_id"])
    find(browser, "#client_secret_clientCredentials, #client_secret").send_keys(client["client_secret"])
    click(browser, find(browser, ".auth-btn-wrapper button.authorize"))
    find(browser, ".auth-btn-wrapper button.modal-btn.auth:not(.authorize)")  # now it says Logout
    assert not browser.find_elements(By.CSS_SELECTOR, ".dialog-ux .errors"), texts(browser, ".dialog-ux .errors")
    click(browser, find(browser, ".auth-btn-wrapper button.btn-done"))

    block = f"#operations-{contract.operations['listOrganisations'].tag}-listOrganisations"
    click(browser, find(browser, f"{block} .opblock-summary-control"))
    click(browser, find(browser, f"{block} .try-out__btn"))
    click(browser, find(browser, f"{block} .execute"))
    answered = f"{block} .live-responses-table tr.response .response-col_status"
    status = wait(browser, expect.presence_of_element_located((By.CSS_SELECTOR, answered)))
    assert status.text.split()[0] == "200"
    assert "Bearer " in texts(browser, f"{block} .curl-command")[0]


def test_the_chart_of_a_report(browser, demo, tmp_path):
    """Every label is whole, and none lies on another."""
    file = tmp_path / "chart.svg"
    file.write_bytes(demo.caller(demo.token).get("/v1/reports/region-summary", headers={"Accept": "image/svg+xml"}, params={
        "from": "2026-01-01", "to": "2026-12-31", "geo_basis": "current"}).expect(200).body)
    browser.get(file.as_uri())
    assert browser.execute_script("return document.documentElement.tagName") == "svg"
    boxes = browser.execute_script("return [...document.querySelectorAll('text')].map(t => { const b = t.getBBox(); "
                                   "return [t.textContent, b.x, b.y, b.width, b.height] })")
    width, height = browser.execute_script("const b = document.documentElement.viewBox.baseVal; return [b.width, b.height]")
    assert len(boxes) > 100
    for text, x, y, wide, high in boxes:
        assert x >= 0 and y >= 0 and x + wide <= width and y + high <= height, f"{text!r} is cut"
    labels = sorted((y, high) for _, x, y, wide, high in boxes if x + wide <= 245 and 96 < y < height - 44)
    assert len(labels) == 34 and all(first[0] + first[1] <= second[0] + 4 for first, second in zip(labels, labels[1:]))


# ---- Certificates: the page on a phone, the code as drawn, the verifier that works from a file ----

PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
VECTORS = ROOT / "tests/vectors/certificates"


@pytest.fixture
def phone(browser):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.get_log("browser")
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def certificates(caller):
    return Certificates(caller(province="70"))


def test_the_check_is_read_on_a_phone(phone, service, certificates):
    made = certificates.mirror(product_name="Kẹo <script>document.title='x'</script> " + "dừa" * 60)
    phone.get(f"{service.url}/c/{made['public_no']}#x.y.z")
    heading = phone.find_element(By.CSS_SELECTOR, "h1")
    assert "Còn hiệu lực" in heading.text and "Valid" in heading.text
    assert heading.value_of_css_property("background-color") == "rgba(20, 105, 47, 1)", "the style sheet holds under the policy"
    assert float(phone.find_element(By.CSS_SELECTOR, "dd").value_of_css_property("font-size").removesuffix("px")) >= 16
    assert phone.execute_script("return document.documentElement.scrollWidth <= window.innerWidth"), "nothing to scroll sideways"
    assert phone.title == "✓ Còn hiệu lực" and phone.find_elements(By.CSS_SELECTOR, "script, link, img") == []
    assert phone.get_log("browser") == []
    certificates.act(made, "suspend").expect(201)
    phone.refresh()
    assert "Tạm đình chỉ" in phone.find_element(By.CSS_SELECTOR, "h1").text
    phone.get(f"{service.url}/c/0123456789ab")
    assert "Chưa từng cấp" in phone.find_element(By.CSS_SELECTOR, "h1").text


def test_the_code_as_drawn_is_scanned(browser, certificates, tmp_path):
    made = certificates.mirror()
    picture = tmp_path / "qr.svg"
    picture.write_bytes(certificates.who.get(f"{certificates.at(made)}/qr?format=svg").expect(200).body)
    browser.get(picture.as_uri())
    assert scanned(browser.get_screenshot_as_png()).startswith(f"https://khuyencong.test/c/{made['public_no']}#")


def test_the_verifier_from_a_file(browser):
    known = json.loads((VECTORS / "vectors.json").read_text(encoding="utf-8"))
    browser.get(f"{(ROOT / 'tools/verify-certificate.html').as_uri()}#at={known['at']}")
    browser.find_element(By.ID, "keys").send_keys(str(VECTORS / "jwks.json"))
    browser.find_element(By.ID, "revocations").send_keys(str(VECTORS / "revocations.jws"))
    seen = {}
    for vector in known["vectors"]:
        browser.execute_script("document.getElementById('text').value = arguments[0]; document.getElementById('status').textContent = ''",
                               vector["text"])
        browser.find_element(By.ID, "check").click()
        wait(browser, lambda driver: driver.find_element(By.ID, "status").text)
        seen[vector["name"]] = browser.find_element(By.ID, "status").get_attribute("class")
    assert seen == {vector["name"]: vector["status"] for vector in known["vectors"]}


def test_the_verifier_checks_proofs(browser, tmp_path):
    known = json.loads((VECTORS / "proofs.json").read_text(encoding="utf-8"))
    seen = {}
    for number, vector in enumerate(known["vectors"]):
        bundle = tmp_path / f"{number}.json"
        bundle.write_text(json.dumps(vector["bundle"]), encoding="utf-8")
        browser.get("about:blank")
        browser.get(f"{(ROOT / 'tools/verify-certificate.html').as_uri()}#at={known['at']}")
        browser.execute_script("document.querySelector('details').open = true")
        browser.find_element(By.ID, "bundle").send_keys(str(bundle))
        browser.find_element(By.ID, "check").click()
        wait(browser, lambda driver: driver.find_element(By.ID, "status").text)
        seen[vector["name"]] = browser.find_element(By.ID, "status").get_attribute("class")
    assert seen == {vector["name"]: vector["status"] for vector in known["vectors"]}


def test_the_verifier_takes_single_files(browser, tmp_path):
    vector = next(one for one in json.loads((VECTORS / "proofs.json").read_text(encoding="utf-8"))["vectors"]
                  if one["name"] == "a certificate, its entry, and a log that grew")
    browser.get(f"{(ROOT / 'tools/verify-certificate.html').as_uri()}#at=1767225600")
    browser.execute_script("document.querySelector('details').open = true; document.getElementById('text').value = arguments[0]", vector["bundle"].pop("text"))
    for name, content in vector["bundle"].items():
        file = tmp_path / name
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        browser.find_element(By.ID, name).send_keys(str(file))
    browser.find_element(By.ID, "check").click()
    wait(browser, lambda driver: driver.find_element(By.ID, "status").text)
    assert browser.find_element(By.ID, "status").get_attribute("class") == "valid"
    facts = browser.find_element(By.ID, "facts").text
    assert "proved: issued" in facts and "proved: 3 → 7" in facts
