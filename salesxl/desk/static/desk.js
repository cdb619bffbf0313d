// What a page does beyond its forms: files dropped in, progress looked at, a text copied. All works without it.
(() => {
  'use strict';
  document.documentElement.classList.add('js');
  const $ = (name) => document.getElementById(name);
  const say = (text) => { const box = $('said'); box.textContent = ''; setTimeout(() => { box.textContent = text; }, 20);
    clearTimeout(say.timer); say.timer = setTimeout(() => { box.textContent = ''; }, 3500); };

  // ---- a text to paste
  const copied = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch (_) { /* an older browser, or no leave */ }
    const area = document.createElement('textarea');
    area.value = text; document.body.append(area); area.select();
    const done = document.execCommand('copy'); area.remove(); return done;
  };
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    const done = await copied($(button.dataset.copy).value);
    say(done ? document.body.dataset.copied : document.body.dataset.uncopied);
    button.focus();
  });

  // ---- the cell that a fault is about, in the middle of its sheet
  for (const cell of document.querySelectorAll('td.at')) {
    const box = cell.closest('.sheet');
    box.scrollLeft = cell.offsetLeft - (box.clientWidth - cell.offsetWidth) / 2;
    box.scrollTop = cell.offsetTop - (box.clientHeight - cell.offsetHeight) / 2;
  }

  // ---- how far it is
  const job = $('job'), inbox = $('inbox');
  if (job) {
    let number = job.dataset.number, running = job.dataset.running === 'yes', shown = '', timer;
    const busy = (on) => document.querySelectorAll('form.go button').forEach((b) => { b.disabled = on; });
    const keep = (box, html) => { // what somebody is choosing in is left alone
      if (box.contains(document.activeElement) && box.querySelector('select:focus')) return;
      const at = document.activeElement && box.contains(document.activeElement) ? document.activeElement.id : '';
      box.innerHTML = html; if (at && $(at)) $(at).focus();
    };
    const look = async () => {
      clearTimeout(timer);
      try {
        const answer = await fetch(job.dataset.poll, { headers: { Accept: 'application/json' } });
        const told = await answer.json();
        const ended = running && !told.running;
        if (told.job !== shown && (told.running || running || String(told.number) !== number)) { job.innerHTML = told.job; shown = told.job; }
        number = String(told.number);
        if (!told.running || told.number === 1) { if (ended || told.number === 1) keep(inbox, told.inbox); }
        running = told.running; busy(told.busy);
        if (ended && told.to) { location.assign(told.to); return; }
      } catch (_) { /* the desk may be busy, or closed: looked at again */ }
      timer = setTimeout(look, running ? 500 : 2500);
    };
    window.lookNow = () => { running = true; look(); };
    busy(job.dataset.busy === 'yes'); look();
  }

  // ---- files
  const form = $('upload');
  if (!form) return;
  const drop = $('drop'), list = $('uploads'), waiting = [];
  form.querySelector('.folder').hidden = !('webkitdirectory' in document.createElement('input'));
  let going = 0, done = 0, failed = 0;
  const line = (name) => {
    const item = document.createElement('li'), label = document.createElement('span'), bar = document.createElement('progress');
    label.className = 'name'; label.textContent = name; bar.max = 1; bar.value = 0; bar.setAttribute('aria-label', name);
    item.append(label, bar); list.append(item); return item;
  };
  const told = (item, text, bad) => {
    const chip = document.createElement('span'); chip.className = 'why'; chip.textContent = text;
    item.querySelector('progress').remove();
    if (bad) item.append(chip); else item.remove();
  };
  const next = () => {
    while (going < 2 && waiting.length) send(waiting.shift());
    if (!going && !waiting.length && done + failed) {
      say((failed ? form.dataset.failed : form.dataset.done).replace('{number}', done).replace('{failed}', failed));
      done = failed = 0; window.lookNow();
    }
  };
  const send = ({ file, path, item }) => {
    going += 1;
    const data = new FormData(), asked = new XMLHttpRequest();
    data.append('path', path); data.append('file', file, file.name);
    asked.open('POST', form.action); asked.setRequestHeader('Accept', 'application/json');
    asked.upload.onprogress = (e) => { if (e.lengthComputable) item.querySelector('progress').value = e.loaded / e.total; };
    asked.onloadend = () => {
      going -= 1;
      let answer = null;
      try { answer = JSON.parse(asked.responseText); } catch (_) { /* no answer of ours */ }
      const got = answer && answer.files && answer.files[0];
      if (got && (got.state === 'taken' || got.state === 'same')) { done += 1; told(item, got.said, got.state === 'same'); }
      else { failed += 1; told(item, got ? got.said : (answer && answer.error) || form.dataset.large, true); }
      next();
    };
    asked.send(data);
  };
  const add = (files) => {
    for (const { file, path } of files) waiting.push({ file, path, item: line(path) });
    if (files.length) { say(form.dataset.busy.replace('{number}', files.length)); next(); }
  };
  form.querySelectorAll('input[type=file]').forEach((input) => input.addEventListener('change', () => {
    add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))); input.value = '';
  }));
  const entries = (reader) => new Promise((resolve) => {
    const all = []; const more = () => reader.readEntries((some) => { if (some.length) { all.push(...some); more(); } else resolve(all); }, () => resolve(all)); more();
  });
  const within = async (entry, before) => {
    const path = before + entry.name;
    if (entry.isFile) return [{ file: await new Promise((ok, no) => entry.file(ok, no)), path }];
    const found = [];
    for (const inner of await entries(entry.createReader())) found.push(...await within(inner, path + '/'));
    return found;
  };
  ['dragenter', 'dragover'].forEach((name) => document.addEventListener(name, (e) => { e.preventDefault(); drop.classList.add('over'); }));
  document.addEventListener('dragleave', (e) => { if (!e.relatedTarget) drop.classList.remove('over'); });
  document.addEventListener('drop', async (event) => {
    event.preventDefault(); drop.classList.remove('over');
    const given = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    const files = [];
    if (given.length) { for (const entry of given) files.push(...await within(entry, '')); }
    else files.push(...[...event.dataTransfer.files].map((file) => ({ file, path: file.name })));
    add(files);
  });
})();
