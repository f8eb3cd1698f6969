<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name>AboutBox</name>
    <message>
        <source>About SAMDesk</source>
        <translation>Über SAMDesk</translation>
    </message>
    <message>
        <source>Label images with Segment Anything.

Segment Anything is by Meta AI Research; SAMDesk is free software under the Apache License 2.0.</source>
        <translation>Bilder annotieren mit Segment Anything.

Segment Anything ist von Meta AI Research; SAMDesk ist freie Software unter der Apache-Lizenz 2.0.</translation>
    </message>
</context>
<context>
    <name>Accepting</name>
    <message>
        <source>object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>Accept {0}</source>
        <translation>{0} annehmen</translation>
    </message>
    <message>
        <source>Nearly this mask is there twice now, as “{0}” too. {undo} takes it back.</source>
        <translation>Fast dieselbe Maske gibt es schon als „{0}“. {undo} nimmt diese zurück.</translation>
    </message>
    <message>
        <source>The annotation to correct is gone. {drop} drops what is drafted.</source>
        <translation>Die zu korrigierende Annotation ist nicht mehr da. {drop} verwirft den Entwurf.</translation>
    </message>
    <message>
        <source>That changes nothing of it. {drop} drops what is drafted.</source>
        <translation>Das ändert nichts daran. {drop} verwirft den Entwurf.</translation>
    </message>
    <message>
        <source>Add to annotation</source>
        <translation>Annotation ergänzen</translation>
    </message>
    <message>
        <source>Subtract from annotation</source>
        <translation>Von der Annotation wegnehmen</translation>
    </message>
</context>
<context>
    <name>ActionStates</name>
    <message>
        <source>&amp;Skipped</source>
        <translation>Ü&amp;bersprungen</translation>
    </message>
</context>
<context>
    <name>AnnotationsPanel</name>
    <message>
        <source>Annotations</source>
        <translation>Annotationen</translation>
    </message>
    <message>
        <source>{0} pixels</source>
        <translation>{0} Pixel</translation>
    </message>
    <message>
        <source>Score {0}: how well the engine expected its mask to fit</source>
        <translation>Güte {0}: wie gut die Maske nach Erwartung der Engine passt</translation>
    </message>
    <message>
        <source>crowd</source>
        <translation>Menge</translation>
    </message>
    <message>
        <source>Crowd: a group that is annotated as one mask</source>
        <translation>Menge: eine Gruppe, die als eine Maske annotiert ist</translation>
    </message>
    <message>
        <source>part</source>
        <translation>Teil</translation>
    </message>
    <message>
        <source>subpart</source>
        <translation>Unterteil</translation>
    </message>
    <message>
        <source>Accepted masks are listed here. Click an object, then press {accept}.</source>
        <translation>Hier stehen angenommene Masken. Klicken Sie ein Objekt an und drücken Sie dann {accept}.</translation>
    </message>
</context>
<context>
    <name>Annotator</name>
    <message>
        <source>Click the object first; right-click then takes away what is not part.</source>
        <translation>Klicken Sie zuerst das Objekt an; ein Rechtsklick nimmt dann weg, was nicht dazugehört.</translation>
    </message>
    <message>
        <source>There is one mask only for these clicks.</source>
        <translation>Zu diesen Klicks gibt es nur eine Maske.</translation>
    </message>
    <message>
        <source>A polygon needs three corners at least.</source>
        <translation>Ein Polygon braucht mindestens drei Ecken.</translation>
    </message>
    <message>
        <source>Accepted as soon as the mask is there; {drop} drops it.</source>
        <translation>Wird angenommen, sobald die Maske da ist; {drop} verwirft sie.</translation>
    </message>
    <message>
        <source>This mask is empty. Click elsewhere, or drag a box.</source>
        <translation>Diese Maske ist leer. Klicken Sie woandershin, oder ziehen Sie einen Rahmen auf.</translation>
    </message>
    <message>
        <source>Mark image as {0}</source>
        <translation>Bild als {0} kennzeichnen</translation>
    </message>
    <message>
        <source>{0} has another size now; its draft fits no more and is gone.</source>
        <translation>{0} hat jetzt eine andere Größe; der Entwurf passt nicht mehr und ist fort.</translation>
    </message>
    <message>
        <source>Nothing would be left of it. {delete} deletes the annotation.</source>
        <translation>Davon bliebe nichts übrig. {delete} löscht die Annotation.</translation>
    </message>
    <message>
        <source>This folder is open read-only.</source>
        <translation>Dieser Ordner ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>A large step is being stored; go on in a moment.</source>
        <translation>Ein großer Schritt wird gespeichert; gleich geht es weiter.</translation>
    </message>
    <message>
        <source>Accept what you drew with {accept}, or drop it with {drop}, first.</source>
        <translation>Nehmen Sie zuerst das Gezeichnete mit {accept} an, oder verwerfen Sie es mit {drop}.</translation>
    </message>
</context>
<context>
    <name>App</name>
    <message>
        <source>The sample images cannot be copied to {0}: {1}.</source>
        <translation>Die Beispielbilder lassen sich nicht nach {0} kopieren: {1}.</translation>
    </message>
</context>
<context>
    <name>Automatic</name>
    <message>
        <source>There are no imported boxes left without masks.</source>
        <translation>Es gibt keine importierten Rahmen ohne Maske mehr.</translation>
    </message>
    <message>
        <source>object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>The category {0} has gone; proposing stopped.</source>
        <translation>Die Kategorie {0} gibt es nicht mehr; das Vorschlagen ist beendet.</translation>
    </message>
    <message>
        <source>The engine changed; proposing stopped. What was found is kept.</source>
        <translation>Das Modell wurde gewechselt, die Vorschläge enden hier. Was gefunden wurde, bleibt.</translation>
    </message>
    <message>
        <source>Proposing stopped. What was found is kept.</source>
        <translation>Die Vorschläge enden hier. Was gefunden wurde, bleibt.</translation>
    </message>
    <message>
        <source>{0} on {1}. {next_proposal} goes through them.</source>
        <translation>{0} auf {1}. {next_proposal} geht sie durch.</translation>
    </message>
</context>
<context>
    <name>BrushTool</name>
    <message>
        <source>Select the annotation to erase from first, with V or the list.</source>
        <translation>Wählen Sie zuerst mit V oder in der Liste die Annotation aus, von der radiert wird.</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Canvas</source>
        <translation>Zeichenfläche</translation>
    </message>
</context>
<context>
    <name>CategoriesPanel</name>
    <message>
        <source>Categories</source>
        <translation>Kategorien</translation>
    </message>
    <message>
        <source>Add the category</source>
        <translation>Die Kategorie hinzufügen</translation>
    </message>
    <message>
        <source>Add category</source>
        <translation>Kategorie hinzufügen</translation>
    </message>
    <message>
        <source>No category is called so yet.</source>
        <translation>So heißt noch keine Kategorie.</translation>
    </message>
    <message>
        <source>Type the names of what you label. Keys 1 to 9 choose between them.</source>
        <translation>Geben Sie die Namen dessen ein, was Sie kennzeichnen. Die Tasten 1 bis 9 wählen zwischen ihnen.</translation>
    </message>
    <message>
        <source>{0} is for what you accept next. Key {1} gives it to the selection.</source>
        <translation>{0} gilt für das, was Sie als Nächstes annehmen. Taste {1} gibt es der Auswahl.</translation>
    </message>
    <message>
        <source>{0} is for what you accept next. The right button gives it to the selection.</source>
        <translation>{0} gilt für das, was Sie als Nächstes annehmen. Die rechte Taste gibt es der Auswahl.</translation>
    </message>
    <message>
        <source>Use for what comes next</source>
        <translation>Für das Nächste verwenden</translation>
    </message>
    <message>
        <source>Give to the selection</source>
        <translation>Der Auswahl geben</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>Farbe …</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Merge into…</source>
        <translation>Zusammenführen mit …</translation>
    </message>
    <message>
        <source>Find or add a category</source>
        <translation>Kategorie finden, anlegen</translation>
    </message>
    <message>
        <source>Name of a category, listed or new</source>
        <translation>Name einer Kategorie aus der Liste oder einer neuen</translation>
    </message>
    <message>
        <source>Delete category</source>
        <translation>Kategorie löschen</translation>
    </message>
    <message>
        <source>{0} has {1}.</source>
        <translation>{0} hat {1}.</translation>
    </message>
    <message>
        <source>Undo brings everything back.</source>
        <translation>Rückgängig bringt alles zurück.</translation>
    </message>
    <message>
        <source>Delete with its {0}</source>
        <translation>Mit {0} löschen</translation>
    </message>
    <message>
        <source>Give its annotations to…</source>
        <translation>Annotationen abgeben an …</translation>
    </message>
    <message>
        <source>{0} has {1}. Which category takes its place?</source>
        <translation>{0} hat {1}. Welche Kategorie tritt an ihre Stelle?</translation>
    </message>
    <message>
        <source>Colour of {0}</source>
        <translation>Farbe von {0}</translation>
    </message>
</context>
<context>
    <name>Categorising</name>
    <message>
        <source>Change category to {0}</source>
        <translation>Kategorie zu {0} ändern</translation>
    </message>
    <message>
        <source>Add category {0}</source>
        <translation>Kategorie {0} hinzufügen</translation>
    </message>
    <message>
        <source>There is a category {0} already.</source>
        <translation>Es gibt schon eine Kategorie {0}.</translation>
    </message>
    <message>
        <source>Edit category</source>
        <translation>Kategorie bearbeiten</translation>
    </message>
    <message>
        <source>Move category {0}</source>
        <translation>Kategorie {0} verschieben</translation>
    </message>
    <message>
        <source>{0} has proposals. Accept or drop them first.</source>
        <translation>{0} hat Vorschläge. Nehmen Sie sie erst an oder verwerfen Sie sie.</translation>
    </message>
    <message>
        <source>{0} has annotations. Give them another category first.</source>
        <translation>{0} hat Annotationen. Geben Sie ihnen zuerst eine andere Kategorie.</translation>
    </message>
    <message>
        <source>Delete category {0}</source>
        <translation>Kategorie {0} löschen</translation>
    </message>
    <message>
        <source>Merge category {0} into {1}</source>
        <translation>Kategorie {0} in {1} aufgehen lassen</translation>
    </message>
    <message>
        <source>Gave {0} the category {1}. {undo} takes that back.</source>
        <translation>Kategorie {1} vergeben: {0}. {undo} nimmt das zurück.</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>Compare checkpoints</source>
        <translation>Checkpoints vergleichen</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>Checkpoints</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU</translation>
    </message>
    <message>
        <source>Speed (A100)</source>
        <translation>Tempo (A100)</translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation>GPU-Speicher</translation>
    </message>
    <message>
        <source>Here: an image</source>
        <translation>Hier: ein Bild</translation>
    </message>
    <message>
        <source>Here: a click</source>
        <translation>Hier: ein Klick</translation>
    </message>
    <message>
        <source>Here: memory</source>
        <translation>Hier: Speicher</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Verwendung</translation>
    </message>
    <message>
        <source>Figures on the left are as published: by the segment-anything authors and the ViT guide, for the lower rows by Ultralytics on a CPU. “Here” is measured on this machine with a sample image, with nothing else of SAMDesk running.</source>
        <translation>Die Angaben links sind die veröffentlichten: von den Autoren von segment-anything und dem ViT-Leitfaden, in den unteren Zeilen von Ultralytics auf einer CPU. „Hier“ ist auf diesem Rechner mit einem Beispielbild gemessen, während SAMDesk sonst nichts tut.</translation>
    </message>
    <message>
        <source>Measurement</source>
        <translation>Messung</translation>
    </message>
    <message>
        <source>Measure on this machine</source>
        <translation>Auf diesem Rechner messen</translation>
    </message>
    <message>
        <source>not on this machine</source>
        <translation>nicht vorhanden</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keiner</translation>
    </message>
    <message>
        <source>no download</source>
        <translation>kein Download</translation>
    </message>
</context>
<context>
    <name>ContextMenus</name>
    <message>
        <source>Select an annotation first, with {select} and a click or the list.</source>
        <translation>Wählen Sie zuerst eine Annotation, mit {select} und einem Klick oder in der Liste.</translation>
    </message>
    <message>
        <source>Rename category “{0}”</source>
        <translation>Kategorie „{0}“ umbenennen</translation>
    </message>
    <message>
        <source>Drop proposal</source>
        <translation>Vorschlag verwerfen</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>Kategorie</translation>
    </message>
</context>
<context>
    <name>Copying</name>
    <message>
        <source>Copied: {0}. {paste} adds a copy to the image on screen.</source>
        <translation>Kopiert: {0}. {paste} fügt dem gezeigten Bild eine Kopie hinzu.</translation>
    </message>
    <message>
        <source>Masks can only be pasted on an image of the same size, in this folder.</source>
        <translation>Masken lassen sich nur in ein Bild derselben Größe einfügen, in diesem Ordner.</translation>
    </message>
    <message>
        <source>Paste {0}</source>
        <translation>{0} einfügen</translation>
    </message>
</context>
<context>
    <name>Corrections</name>
    <message>
        <source>Close the polygon with {accept} before you paint on it.</source>
        <translation>Schließen Sie das Polygon mit {accept}, bevor Sie darauf malen.</translation>
    </message>
    <message>
        <source>The mask is not there yet; paint on it when it is.</source>
        <translation>Die Maske ist noch nicht da; malen Sie darauf, sobald sie da ist.</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Radieren</translation>
    </message>
    <message>
        <source>Paint</source>
        <translation>Malen</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>Löcher füllen</translation>
    </message>
    <message>
        <source>There are no holes to fill.</source>
        <translation>Es gibt keine Löcher zu füllen.</translation>
    </message>
    <message>
        <source>Drop specks</source>
        <translation>Flecken entfernen</translation>
    </message>
    <message>
        <source>There are no specks to drop.</source>
        <translation>Es gibt keine Flecken zu entfernen.</translation>
    </message>
    <message>
        <source>Delete annotation</source>
        <translation>Annotation löschen</translation>
    </message>
    <message>
        <source>Delete {0} annotations</source>
        <translation>{0} Annotationen löschen</translation>
    </message>
    <message>
        <source>This mask is in one piece.</source>
        <translation>Diese Maske besteht aus einem Stück.</translation>
    </message>
    <message>
        <source>Split into pieces</source>
        <translation>In Stücke zerlegen</translation>
    </message>
    <message>
        <source>Merge {0} annotations</source>
        <translation>{0} Annotationen zusammenführen</translation>
    </message>
    <message>
        <source>Make part of the largest</source>
        <translation>Zum Teil der größten machen</translation>
    </message>
    <message>
        <source>They are parts of the largest already.</source>
        <translation>Sie sind schon Teile der größten.</translation>
    </message>
    <message>
        <source>Make a whole of its own</source>
        <translation>Zum eigenen Ganzen machen</translation>
    </message>
    <message>
        <source>This is not a part of anything.</source>
        <translation>Diese Annotation ist kein Teil einer anderen.</translation>
    </message>
    <message>
        <source>Make a crowd</source>
        <translation>Zur Menge machen</translation>
    </message>
    <message>
        <source>Make a single object</source>
        <translation>Zum einzelnen Objekt machen</translation>
    </message>
    <message>
        <source>Part of nothing</source>
        <translation>Teil von nichts</translation>
    </message>
    <message>
        <source>No other mask encloses this one. Draw the whole first.</source>
        <translation>Keine andere Maske umschließt diese. Zeichnen Sie zuerst das Ganze.</translation>
    </message>
    <message>
        <source>Now part of {0}. {part} takes it out again.</source>
        <translation>Jetzt Teil von {0}. {part} löst es wieder heraus.</translation>
    </message>
    <message>
        <source>A mask cannot be a part of its own part.</source>
        <translation>Eine Maske kann nicht Teil ihres eigenen Teils sein.</translation>
    </message>
    <message>
        <source>Make a part</source>
        <translation>Zum Teil machen</translation>
    </message>
    <message>
        <source>Made {0} part of {1}. {undo} takes that back.</source>
        <translation>Zum Teil von {1} gemacht: {0}. {undo} nimmt das zurück.</translation>
    </message>
    <message>
        <source>Accept the draft with {accept}, or drop it with {drop}, first.</source>
        <translation>Nehmen Sie zuerst den Entwurf mit {accept} an, oder verwerfen Sie ihn mit {drop}.</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ist schiefgegangen</translation>
    </message>
    <message>
        <source>SAMDesk met an error that it did not expect. Everything you accepted is on disk, and you can go on working. Please send these details to its developers.</source>
        <translation>SAMDesk ist auf einen unerwarteten Fehler gestoßen. Alles, was Sie angenommen haben, ist gespeichert, und Sie können weiterarbeiten. Bitte schicken Sie diese Einzelheiten den Entwicklern.</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>DownloadBar</name>
    <message>
        <source>Download</source>
        <translation>Download</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>What has arrived is kept, and the download can go on later</source>
        <translation>Was angekommen ist, bleibt erhalten; der Download kann später weitergehen</translation>
    </message>
    <message>
        <source>Downloading {0}: {1} of {2}</source>
        <translation>{0} wird geladen: {1} von {2}</translation>
    </message>
    <message>
        <source>, {0} a second</source>
        <translation>, {0} pro Sekunde</translation>
    </message>
    <message>
        <source>, {0} left</source>
        <translation>, noch {0}</translation>
    </message>
</context>
<context>
    <name>DraftBar</name>
    <message>
        <source>Candidate {0}, score {1}</source>
        <translation>Kandidat {0}, Güte {1}</translation>
    </message>
    <message>
        <source>&lt;b&gt;{candidate}&lt;/b&gt; next</source>
        <translation>&lt;b&gt;{candidate}&lt;/b&gt; nächste</translation>
    </message>
</context>
<context>
    <name>EngineMenu</name>
    <message>
        <source>&amp;Checkpoint</source>
        <translation>&amp;Checkpoint</translation>
    </message>
    <message>
        <source>Open checkpoint file</source>
        <translation>Checkpoint-Datei öffnen</translation>
    </message>
    <message>
        <source>Checkpoints (*.pth *.pt *.bin)</source>
        <translation>Checkpoints (*.pth *.pt *.bin)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>&amp;Automatic</source>
        <translation>&amp;Automatisch</translation>
    </message>
    <message>
        <source>{0} is not here yet; {1} is used</source>
        <translation>{0} fehlt noch; benutzt wird: {1}</translation>
    </message>
    <message>
        <source>{0}, not on this machine yet</source>
        <translation>{0}, noch nicht auf diesem Rechner</translation>
    </message>
    <message>
        <source>IoU {0} · {1} on an A100 · needs {2}</source>
        <translation>IoU {0} · {1} auf einer A100 · braucht {2}</translation>
    </message>
    <message>
        <source>on disk</source>
        <translation>vorhanden</translation>
    </message>
    <message>
        <source>download {0}</source>
        <translation>Download {0}</translation>
    </message>
    <message>
        <source>needs no download</source>
        <translation>braucht keinen Download</translation>
    </message>
    <message>
        <source>not on disk; choose it to download it</source>
        <translation>nicht vorhanden; wird beim Auswählen heruntergeladen</translation>
    </message>
    <message>
        <source>its file is gone</source>
        <translation>seine Datei ist nicht mehr da</translation>
    </message>
    <message>
        <source>&amp;Compare…</source>
        <translation>&amp;Vergleichen …</translation>
    </message>
    <message>
        <source>&amp;Open checkpoint file…</source>
        <translation>Checkpoint-Datei &amp;öffnen …</translation>
    </message>
    <message>
        <source>Open the &amp;folder of checkpoints</source>
        <translation>&amp;Ordner der Checkpoints öffnen</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>&amp;Gerät</translation>
    </message>
    <message>
        <source>&amp;Precision</source>
        <translation>Rechengena&amp;uigkeit</translation>
    </message>
    <message>
        <source>Automatic (half on GPUs)</source>
        <translation>Automatisch (halb auf GPUs)</translation>
    </message>
    <message>
        <source>Exact (float32)</source>
        <translation>Exakt (float32)</translation>
    </message>
    <message>
        <source>&amp;Recommend by</source>
        <translation>&amp;Empfehlen nach</translation>
    </message>
    <message>
        <source>The hardware guide (total GPU memory)</source>
        <translation>Hardware-Leitfaden (gesamter GPU-Speicher)</translation>
    </message>
    <message>
        <source>ARR-COC&apos;s rule (free GPU memory)</source>
        <translation>Regel von ARR-COC (freier GPU-Speicher)</translation>
    </message>
    <message>
        <source>The folder of checkpoints {0} cannot be made: {1}.</source>
        <translation>Der Ordner der Checkpoints {0} lässt sich nicht anlegen: {1}.</translation>
    </message>
    <message>
        <source>No program here shows folders. Checkpoints are in {0}.</source>
        <translation>Kein Programm hier zeigt Ordner an. Checkpoints liegen in {0}.</translation>
    </message>
</context>
<context>
    <name>Engines</name>
    <message>
        <source>{0} is not there any more.</source>
        <translation>{0} ist nicht mehr da.</translation>
    </message>
    <message>
        <source>measurements</source>
        <translation>Messungen</translation>
    </message>
    <message>
        <source>If it does not fit, a smaller one will be used.</source>
        <translation>Passt er nicht, wird ein kleinerer verwendet.</translation>
    </message>
    <message>
        <source>the CPU</source>
        <translation>der CPU</translation>
    </message>
    <message>
        <source>the GPU</source>
        <translation>der GPU</translation>
    </message>
    <message>
        <source> on {0}</source>
        <translation> auf {0}</translation>
    </message>
    <message>
        <source> in half precision</source>
        <translation> in halber Genauigkeit</translation>
    </message>
    <message>
        <source>{0}: {1} {2}{3} is used instead.</source>
        <translation>{0}: {1} Stattdessen wird {2}{3} verwendet.</translation>
    </message>
    <message>
        <source>{0} could not be loaded; {1} is used.</source>
        <translation>{0} konnte nicht geladen werden; verwendet wird {1}.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export COCO</source>
        <translation>COCO exportieren</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen …</translation>
    </message>
    <message>
        <source>COCO</source>
        <translation>COCO</translation>
    </message>
    <message>
        <source>ARR-COC</source>
        <translation>ARR-COC</translation>
    </message>
    <message>
        <source>COCO is what all readers know. ARR-COC adds prompts, scores, parts of wholes and what each mask cost, which others pass over.</source>
        <translation>COCO kennen alle Leser. ARR-COC fügt Prompts, Bewertungen, Teile von Ganzem und den Aufwand je Maske hinzu, was andere übergehen.</translation>
    </message>
    <message>
        <source>Run lengths (RLE)</source>
        <translation>Lauflängen (RLE)</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygone</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>no, keep every pixel</source>
        <translation>nein, jedes Pixel behalten</translation>
    </message>
    <message>
        <source>How far a polygon may be from the mask&apos;s edge, to have fewer corners</source>
        <translation>Wie weit ein Polygon vom Rand der Maske abweichen darf, um weniger Ecken zu haben</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Those with annotations</source>
        <translation>Die mit Annotationen</translation>
    </message>
    <message>
        <source>Those marked as done</source>
        <translation>Die als fertig gekennzeichneten</translation>
    </message>
    <message>
        <source>one file; or train=0.8,val=0.2</source>
        <translation>eine Datei; oder train=0.8,val=0.2</translation>
    </message>
    <message>
        <source>Names and shares of the images; each share becomes a file of its own</source>
        <translation>Namen und Anteile der Bilder; jeder Anteil wird eine eigene Datei</translation>
    </message>
    <message>
        <source>seed </source>
        <translation>Startwert </translation>
    </message>
    <message>
        <source>Another seed gives another split; the same one the same.</source>
        <translation>Ein anderer Startwert ergibt eine andere Aufteilung, derselbe dieselbe.</translation>
    </message>
    <message>
        <source>Leave them where they are</source>
        <translation>Lassen, wo sie sind</translation>
    </message>
    <message>
        <source>Copy them beside the file</source>
        <translation>Neben die Datei kopieren</translation>
    </message>
    <message>
        <source>Link to them beside the file</source>
        <translation>Neben der Datei verknüpfen</translation>
    </message>
    <message>
        <source>Both forms keep every pixel. Polygons run along pixel edges, and masks with holes are cut into pieces without holes.</source>
        <translation>Beide Formen bewahren jedes Pixel. Polygone verlaufen auf den Pixelkanten, und Masken mit Löchern werden in Stücke ohne Löcher zerlegt.</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Masks as</source>
        <translation>Masken als</translation>
    </message>
    <message>
        <source>Simplify</source>
        <translation>Vereinfachen</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Aufteilung</translation>
    </message>
    <message>
        <source>Image files</source>
        <translation>Bilddateien</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Seed of the split</source>
        <translation>Startwert der Aufteilung</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>Exportiert</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>Wird exportiert …</translation>
    </message>
    <message>
        <source>There is a file {0} already.</source>
        <translation>Es gibt schon eine Datei {0}.</translation>
    </message>
    <message>
        <source>Replacing it cannot be undone.</source>
        <translation>Das Ersetzen kann nicht rückgängig gemacht werden.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>COCO files (*.json)</source>
        <translation>COCO-Dateien (*.json)</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>{0} about {1}</source>
        <translation>{0} etwa {1}</translation>
    </message>
    <message>
        <source>Too few images for these parts, which would be empty: {0}.</source>
        <translation>Zu wenige Bilder für diese Teile, die leer blieben: {0}.</translation>
    </message>
    <message>
        <source>Left out, because they are not accepted yet: drafts on {0}.</source>
        <translation>Nicht dabei, weil noch nicht angenommen: Entwürfe, {0}.</translation>
    </message>
    <message>
        <source>No image is marked as done, so none is exported.</source>
        <translation>Kein Bild ist als fertig gekennzeichnet; es wird keines exportiert.</translation>
    </message>
    <message>
        <source>No image has annotations, so none is exported.</source>
        <translation>Kein Bild hat Annotationen; es wird keines exportiert.</translation>
    </message>
    <message>
        <source>There are no images, so none is exported.</source>
        <translation>Es gibt keine Bilder; es wird keines exportiert.</translation>
    </message>
    <message>
        <source>Stopped. Nothing was written.</source>
        <translation>Angehalten. Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>Export: {0}</source>
        <translation>Export: {0}</translation>
    </message>
    <message>
        <source>Exported to the folder {0}: {1}.</source>
        <translation>In den Ordner {0} exportiert: {1}.</translation>
    </message>
    <message>
        <source>{0}: {1}, {2}</source>
        <translation>{0}: {1}, {2}</translation>
    </message>
    <message>
        <source>Written to the folder {0}</source>
        <translation>Geschrieben in den Ordner {0}</translation>
    </message>
    <message>
        <source>Read back and checked: the file is valid, and every mask is as it was drawn.</source>
        <translation>Zurückgelesen und geprüft: Die Datei ist gültig, und jede Maske ist, wie sie gezeichnet wurde.</translation>
    </message>
    <message>
        <source>Read back and checked: the file is valid.</source>
        <translation>Zurückgelesen und geprüft: Die Datei ist gültig.</translation>
    </message>
    <message>
        <source>Simplifying left an IoU of at least {0}.</source>
        <translation>Das Vereinfachen ließ eine IoU von mindestens {0}.</translation>
    </message>
    <message>
        <source>Which whole a part belongs to is not in plain COCO; the profile ARR-COC keeps it.</source>
        <translation>Zu welchem Ganzen ein Teil gehört, steht nicht in einfachem COCO; das Profil ARR-COC behält es.</translation>
    </message>
    <message>
        <source>{0} placed beside.</source>
        <translation>{0} daneben abgelegt.</translation>
    </message>
    <message>
        <source>Left out: {0}, because they have no masks yet.</source>
        <translation>Ausgelassen: {0}, weil sie noch keine Masken haben.</translation>
    </message>
    <message>
        <source>Left out: {0}</source>
        <translation>Ausgelassen: {0}</translation>
    </message>
    <message>
        <source>Left out with these images: {0}.</source>
        <translation>Mit diesen Bildern ausgelassen: {0}.</translation>
    </message>
    <message>
        <source>Left out, because they are of another size than their image: {0}</source>
        <translation>Weggelassen, weil sie eine andere Größe haben als ihr Bild: {0}</translation>
    </message>
    <message>
        <source>Exported, although their files cannot be read: {0}</source>
        <translation>Exportiert, obwohl ihre Dateien nicht zu lesen sind: {0}</translation>
    </message>
    <message>
        <source>Worth a look: {0}</source>
        <translation>Einen Blick wert: {0}</translation>
    </message>
    <message>
        <source>No program here shows folders; the place is named above.</source>
        <translation>Hier zeigt kein Programm Ordner an; der Ort steht oben.</translation>
    </message>
</context>
<context>
    <name>FinderDialog</name>
    <message>
        <source>Find an action</source>
        <translation>Aktion finden</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchten Sie tun?</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Aktionen</translation>
    </message>
    <message>
        <source>No action is called that.</source>
        <translation>Keine Aktion heißt so.</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>not in the list</source>
        <translation>nicht in der Liste</translation>
    </message>
    <message>
        <source>page 1 of {0}</source>
        <translation>Seite 1 von {0}</translation>
    </message>
    <message>
        <source>Only the first page of this file is shown and annotated.</source>
        <translation>Nur die erste Seite dieser Datei wird gezeigt und annotiert.</translation>
    </message>
</context>
<context>
    <name>Hint</name>
    <message>
        <source>&lt;b&gt;Click&lt;/b&gt; what to &lt;b&gt;add&lt;/b&gt; to &lt;b&gt;{0}&lt;/b&gt; · &lt;b&gt;{drop}&lt;/b&gt; ends</source>
        <translation>&lt;b&gt;Klicken&lt;/b&gt; Sie an, was zu &lt;b&gt;{0}&lt;/b&gt; &lt;b&gt;hinzukommt&lt;/b&gt; · &lt;b&gt;{drop}&lt;/b&gt; beendet</translation>
    </message>
    <message>
        <source>&lt;b&gt;Click&lt;/b&gt; what to &lt;b&gt;take away&lt;/b&gt; from &lt;b&gt;{0}&lt;/b&gt; · &lt;b&gt;{drop}&lt;/b&gt; ends</source>
        <translation>&lt;b&gt;Klicken&lt;/b&gt; Sie an, was von &lt;b&gt;{0}&lt;/b&gt; &lt;b&gt;wegfällt&lt;/b&gt; · &lt;b&gt;{drop}&lt;/b&gt; beendet</translation>
    </message>
    <message>
        <source>&lt;b&gt;{0}&lt;/b&gt; selected · &lt;b&gt;{merge}&lt;/b&gt; merges · &lt;b&gt;{make_parts}&lt;/b&gt; makes parts of the largest · &lt;b&gt;{delete}&lt;/b&gt; deletes</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; ausgewählt · &lt;b&gt;{merge}&lt;/b&gt; führt zusammen · &lt;b&gt;{make_parts}&lt;/b&gt; macht Teile der größten · &lt;b&gt;{delete}&lt;/b&gt; löscht</translation>
    </message>
    <message>
        <source>&lt;b&gt;Click&lt;/b&gt; an object, or &lt;b&gt;drag&lt;/b&gt; a box around it · &lt;b&gt;right-click&lt;/b&gt; takes away</source>
        <translation>&lt;b&gt;Klicken&lt;/b&gt; Sie ein Objekt an, oder &lt;b&gt;ziehen&lt;/b&gt; Sie einen Rahmen darum · &lt;b&gt;Rechtsklick&lt;/b&gt; nimmt weg</translation>
    </message>
    <message>
        <source>&lt;b&gt;drag&lt;/b&gt; corners, or an edge for a new one · &lt;b&gt;right-click&lt;/b&gt; takes one away</source>
        <translation>Ecken &lt;b&gt;ziehen&lt;/b&gt;, oder eine Kante für eine neue · &lt;b&gt;Rechtsklick&lt;/b&gt; nimmt eine weg</translation>
    </message>
    <message>
        <source>&lt;b&gt;{0}&lt;/b&gt; goes back</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; führt zurück</translation>
    </message>
    <message>
        <source>&lt;b&gt;Type&lt;/b&gt; the name of a category, listed or new</source>
        <translation>&lt;b&gt;Tippen&lt;/b&gt; Sie den Namen einer Kategorie, einer der Liste oder einer neuen</translation>
    </message>
    <message>
        <source>&lt;b&gt;{1}&lt;/b&gt; accepts as &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{1}&lt;/b&gt; nimmt als &lt;b&gt;{0}&lt;/b&gt; an</translation>
    </message>
    <message>
        <source>&lt;b&gt;{1}&lt;/b&gt; accepts as the new category &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{1}&lt;/b&gt; nimmt als neue Kategorie &lt;b&gt;{0}&lt;/b&gt; an</translation>
    </message>
    <message>
        <source>&lt;b&gt;{1}&lt;/b&gt; makes the selection &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{1}&lt;/b&gt; macht die Auswahl zu &lt;b&gt;{0}&lt;/b&gt;</translation>
    </message>
    <message>
        <source>&lt;b&gt;{1}&lt;/b&gt; makes the selection the new category &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{1}&lt;/b&gt; gibt der Auswahl die neue Kategorie &lt;b&gt;{0}&lt;/b&gt;</translation>
    </message>
    <message>
        <source>&lt;b&gt;{1}&lt;/b&gt; chooses the category &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{1}&lt;/b&gt; wählt die Kategorie &lt;b&gt;{0}&lt;/b&gt;</translation>
    </message>
    <message>
        <source>&lt;b&gt;{1}&lt;/b&gt; makes the new category &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{1}&lt;/b&gt; legt die neue Kategorie &lt;b&gt;{0}&lt;/b&gt; an</translation>
    </message>
    <message>
        <source>&lt;b&gt;{1}&lt;/b&gt; takes &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{1}&lt;/b&gt; nimmt &lt;b&gt;{0}&lt;/b&gt;</translation>
    </message>
    <message>
        <source>&lt;b&gt;Drag&lt;/b&gt; corners, or an edge for a new one · &lt;b&gt;right-click&lt;/b&gt; takes a corner away · &lt;b&gt;{drop}&lt;/b&gt; begins another</source>
        <translation>Ecken &lt;b&gt;ziehen&lt;/b&gt;, oder eine Kante für eine neue · &lt;b&gt;Rechtsklick&lt;/b&gt; nimmt eine weg · &lt;b&gt;{drop}&lt;/b&gt; beginnt ein anderes</translation>
    </message>
    <message>
        <source>&lt;b&gt;{select}&lt;/b&gt; or the list selects what to erase from</source>
        <translation>&lt;b&gt;{select}&lt;/b&gt; oder die Liste wählt aus, wovon radiert wird</translation>
    </message>
    <message>
        <source>&lt;b&gt;Paint&lt;/b&gt; a new object</source>
        <translation>Ein neues Objekt &lt;b&gt;malen&lt;/b&gt;</translation>
    </message>
    <message>
        <source>&lt;b&gt;Paint&lt;/b&gt; on the selected annotation · right button erases</source>
        <translation>Auf der ausgewählten Annotation &lt;b&gt;malen&lt;/b&gt; · rechte Taste radiert</translation>
    </message>
    <message>
        <source>&lt;b&gt;Erase&lt;/b&gt; from the selected annotation · right button paints</source>
        <translation>Von der ausgewählten Annotation &lt;b&gt;radieren&lt;/b&gt; · rechte Taste malt</translation>
    </message>
    <message>
        <source>&lt;b&gt;{smaller_brush}&lt;/b&gt; &lt;b&gt;{larger_brush}&lt;/b&gt; size</source>
        <translation>&lt;b&gt;{smaller_brush}&lt;/b&gt; &lt;b&gt;{larger_brush}&lt;/b&gt; Größe</translation>
    </message>
    <message>
        <source>Proposal {0} of {1}, score {2} · &lt;b&gt;{accept}&lt;/b&gt; accepts as &lt;b&gt;{3}&lt;/b&gt; · &lt;b&gt;{delete}&lt;/b&gt; drops · &lt;b&gt;{next_proposal}&lt;/b&gt; next · &lt;b&gt;{accept_proposals}&lt;/b&gt; accepts all from {2} up</source>
        <translation>Vorschlag {0} von {1}, Güte {2} · &lt;b&gt;{accept}&lt;/b&gt; nimmt als &lt;b&gt;{3}&lt;/b&gt; an · &lt;b&gt;{delete}&lt;/b&gt; verwirft · &lt;b&gt;{next_proposal}&lt;/b&gt; nächster · &lt;b&gt;{accept_proposals}&lt;/b&gt; nimmt alle ab {2} an</translation>
    </message>
    <message>
        <source>Preparing this image; your click is kept…</source>
        <translation>Das Bild wird vorbereitet; Ihr Klick bleibt erhalten …</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>Wird gesucht …</translation>
    </message>
    <message>
        <source>&lt;b&gt;{drop}&lt;/b&gt; drops</source>
        <translation>&lt;b&gt;{drop}&lt;/b&gt; verwirft</translation>
    </message>
    <message>
        <source>&lt;b&gt;{accept}&lt;/b&gt; adds this to &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{accept}&lt;/b&gt; fügt dies zu &lt;b&gt;{0}&lt;/b&gt; hinzu</translation>
    </message>
    <message>
        <source>&lt;b&gt;{accept}&lt;/b&gt; takes this from &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;{accept}&lt;/b&gt; nimmt dies von &lt;b&gt;{0}&lt;/b&gt; weg</translation>
    </message>
    <message>
        <source>&lt;b&gt;{new_category}&lt;/b&gt; names it · &lt;b&gt;{accept}&lt;/b&gt; accepts as &lt;b&gt;{0}&lt;/b&gt; for now</source>
        <translation>&lt;b&gt;{new_category}&lt;/b&gt; benennt es · &lt;b&gt;{accept}&lt;/b&gt; nimmt vorerst als &lt;b&gt;{0}&lt;/b&gt; an</translation>
    </message>
    <message>
        <source>object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>&lt;b&gt;{accept}&lt;/b&gt; accepts as &lt;b&gt;{0}&lt;/b&gt; · &lt;b&gt;{new_category}&lt;/b&gt; something new</source>
        <translation>&lt;b&gt;{accept}&lt;/b&gt; nimmt als &lt;b&gt;{0}&lt;/b&gt; an · &lt;b&gt;{new_category}&lt;/b&gt; als etwas Neues</translation>
    </message>
    <message>
        <source>&lt;b&gt;paint&lt;/b&gt;, right button erases</source>
        <translation>&lt;b&gt;Malen&lt;/b&gt;, rechte Taste radiert</translation>
    </message>
    <message>
        <source>&lt;b&gt;erase&lt;/b&gt;, right button paints</source>
        <translation>&lt;b&gt;Radieren&lt;/b&gt;, rechte Taste malt</translation>
    </message>
    <message>
        <source>&lt;b&gt;click&lt;/b&gt; takes more, &lt;b&gt;right-click&lt;/b&gt; takes less</source>
        <translation>&lt;b&gt;Klick&lt;/b&gt; nimmt mehr weg, &lt;b&gt;Rechtsklick&lt;/b&gt; weniger</translation>
    </message>
    <message>
        <source>&lt;b&gt;click&lt;/b&gt; adds, &lt;b&gt;right-click&lt;/b&gt; takes away</source>
        <translation>&lt;b&gt;Klick&lt;/b&gt; fügt hinzu, &lt;b&gt;Rechtsklick&lt;/b&gt; nimmt weg</translation>
    </message>
    <message>
        <source>&lt;b&gt;{brush}&lt;/b&gt; paints, &lt;b&gt;{eraser}&lt;/b&gt; erases</source>
        <translation>&lt;b&gt;{brush}&lt;/b&gt; malt, &lt;b&gt;{eraser}&lt;/b&gt; radiert</translation>
    </message>
    <message>
        <source>The polygon is open: &lt;b&gt;{polygon}&lt;/b&gt; goes on with it · &lt;b&gt;{accept}&lt;/b&gt; closes · &lt;b&gt;{drop}&lt;/b&gt; drops</source>
        <translation>Das Polygon ist offen: &lt;b&gt;{polygon}&lt;/b&gt; zeichnet weiter · &lt;b&gt;{accept}&lt;/b&gt; schließt · &lt;b&gt;{drop}&lt;/b&gt; verwirft</translation>
    </message>
    <message>
        <source>&lt;b&gt;Click&lt;/b&gt; corners, &lt;b&gt;right-click&lt;/b&gt; takes one away · &lt;b&gt;double-click&lt;/b&gt; or &lt;b&gt;{accept}&lt;/b&gt; closes · &lt;b&gt;{drop}&lt;/b&gt; drops</source>
        <translation>Ecken &lt;b&gt;klicken&lt;/b&gt;, &lt;b&gt;Rechtsklick&lt;/b&gt; nimmt eine weg · &lt;b&gt;Doppelklick&lt;/b&gt; oder &lt;b&gt;{accept}&lt;/b&gt; schließt · &lt;b&gt;{drop}&lt;/b&gt; verwirft</translation>
    </message>
    <message>
        <source>&lt;b&gt;{0}&lt;/b&gt; chooses from the list</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; wählt aus der Liste</translation>
    </message>
    <message>
        <source>&lt;b&gt;{0}&lt;/b&gt; to &lt;b&gt;{1}&lt;/b&gt;, &lt;b&gt;{new_category}&lt;/b&gt; category · &lt;b&gt;{polygon}&lt;/b&gt; moves corners · &lt;b&gt;{brush}&lt;/b&gt; paints, &lt;b&gt;{eraser}&lt;/b&gt; erases · &lt;b&gt;{delete}&lt;/b&gt; deletes</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; bis &lt;b&gt;{1}&lt;/b&gt;, &lt;b&gt;{new_category}&lt;/b&gt; Kategorie · &lt;b&gt;{polygon}&lt;/b&gt; bewegt Ecken · &lt;b&gt;{brush}&lt;/b&gt; malt, &lt;b&gt;{eraser}&lt;/b&gt; radiert · &lt;b&gt;{delete}&lt;/b&gt; löscht</translation>
    </message>
    <message>
        <source>&lt;b&gt;{0}&lt;/b&gt; to &lt;b&gt;{1}&lt;/b&gt;, &lt;b&gt;{new_category}&lt;/b&gt; category · &lt;b&gt;{brush}&lt;/b&gt; paints, &lt;b&gt;{eraser}&lt;/b&gt; erases · &lt;b&gt;{add_to}&lt;/b&gt; adds, &lt;b&gt;{subtract_from}&lt;/b&gt; takes away by a click · &lt;b&gt;{delete}&lt;/b&gt; deletes</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; bis &lt;b&gt;{1}&lt;/b&gt;, &lt;b&gt;{new_category}&lt;/b&gt; Kategorie · &lt;b&gt;{brush}&lt;/b&gt; malt, &lt;b&gt;{eraser}&lt;/b&gt; radiert · &lt;b&gt;{add_to}&lt;/b&gt; fügt mit einem Klick hinzu, &lt;b&gt;{subtract_from}&lt;/b&gt; nimmt weg · &lt;b&gt;{delete}&lt;/b&gt; löscht</translation>
    </message>
    <message>
        <source>No masks here yet: &lt;b&gt;{smart}&lt;/b&gt; and &lt;b&gt;click&lt;/b&gt; an object</source>
        <translation>Noch keine Masken hier: &lt;b&gt;{smart}&lt;/b&gt; und ein &lt;b&gt;Klick&lt;/b&gt; auf ein Objekt</translation>
    </message>
    <message>
        <source>&lt;b&gt;Click&lt;/b&gt; an object, or &lt;b&gt;drag&lt;/b&gt; a box around it · &lt;b&gt;{part}&lt;/b&gt; makes the last one a part of &lt;b&gt;{0}&lt;/b&gt;</source>
        <translation>&lt;b&gt;Klicken&lt;/b&gt; Sie ein Objekt an, oder &lt;b&gt;ziehen&lt;/b&gt; Sie einen Rahmen darum · &lt;b&gt;{part}&lt;/b&gt; macht das letzte zum Teil von &lt;b&gt;{0}&lt;/b&gt;</translation>
    </message>
    <message>
        <source>&lt;b&gt;{0}&lt;/b&gt; selected · &lt;b&gt;{merge}&lt;/b&gt; merges into the largest, &lt;b&gt;{1}&lt;/b&gt; · &lt;b&gt;{make_parts}&lt;/b&gt; makes parts of it · &lt;b&gt;{delete}&lt;/b&gt; deletes</source>
        <translation>&lt;b&gt;{0}&lt;/b&gt; ausgewählt · &lt;b&gt;{merge}&lt;/b&gt; führt mit der größten zusammen, &lt;b&gt;{1}&lt;/b&gt; · &lt;b&gt;{make_parts}&lt;/b&gt; macht zu deren Teilen · &lt;b&gt;{delete}&lt;/b&gt; löscht</translation>
    </message>
    <message>
        <source>&lt;b&gt;Click&lt;/b&gt; the corners of a new object · &lt;b&gt;double-click&lt;/b&gt; or &lt;b&gt;{accept}&lt;/b&gt; closes</source>
        <translation>Ecken eines neuen Objekts &lt;b&gt;klicken&lt;/b&gt; · &lt;b&gt;Doppelklick&lt;/b&gt; oder &lt;b&gt;{accept}&lt;/b&gt; schließt</translation>
    </message>
    <message>
        <source>&lt;b&gt;{next_proposal}&lt;/b&gt; goes through {0} · a &lt;b&gt;click&lt;/b&gt; chooses one · &lt;b&gt;{accept_proposals}&lt;/b&gt; accepts all · &lt;b&gt;{drop_proposals}&lt;/b&gt; drops all</source>
        <translation>&lt;b&gt;{next_proposal}&lt;/b&gt; geht {0} durch · ein &lt;b&gt;Klick&lt;/b&gt; wählt einen · &lt;b&gt;{accept_proposals}&lt;/b&gt; nimmt alle an · &lt;b&gt;{drop_proposals}&lt;/b&gt; verwirft alle</translation>
    </message>
    <message>
        <source>&lt;b&gt;Click&lt;/b&gt; selects a mask, with &lt;b&gt;Shift&lt;/b&gt; several · &lt;b&gt;right-click&lt;/b&gt; opens its menu</source>
        <translation>Ein &lt;b&gt;Klick&lt;/b&gt; wählt eine Maske aus, mit &lt;b&gt;Umschalt&lt;/b&gt; mehrere · &lt;b&gt;Rechtsklick&lt;/b&gt; öffnet ihr Menü</translation>
    </message>
    <message>
        <source>&lt;b&gt;{select}&lt;/b&gt; selects a mask to edit its corners</source>
        <translation>&lt;b&gt;{select}&lt;/b&gt; wählt eine Maske, um ihre Ecken zu ändern</translation>
    </message>
    <message>
        <source>&lt;b&gt;click&lt;/b&gt; it again to begin a mask of its own</source>
        <translation>noch ein &lt;b&gt;Klick&lt;/b&gt; beginnt eine eigene Maske</translation>
    </message>
</context>
<context>
    <name>ImageFilter</name>
    <message>
        <source>Filter by name</source>
        <translation>Nach Namen filtern</translation>
    </message>
    <message>
        <source>Filter images by name</source>
        <translation>Bilder nach Namen filtern</translation>
    </message>
    <message>
        <source>Filter images by state</source>
        <translation>Bilder nach Zustand filtern</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>Nicht fertig</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
    <message>
        <source>Annotated</source>
        <translation>Annotiert</translation>
    </message>
    <message>
        <source>Not annotated</source>
        <translation>Nicht annotiert</translation>
    </message>
    <message>
        <source>With a draft</source>
        <translation>Mit Entwurf</translation>
    </message>
    <message>
        <source>With a problem</source>
        <translation>Mit Problem</translation>
    </message>
    <message>
        <source>Sort images</source>
        <translation>Bilder sortieren</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>Nach Namen</translation>
    </message>
    <message>
        <source>By state</source>
        <translation>Nach Zustand</translation>
    </message>
    <message>
        <source>Most masks</source>
        <translation>Viele zuerst</translation>
    </message>
    <message>
        <source>Fewest masks</source>
        <translation>Wenige zuerst</translation>
    </message>
    <message>
        <source>With {0}</source>
        <translation>Mit {0}</translation>
    </message>
</context>
<context>
    <name>ImagesModel</name>
    <message>
        <source>with a draft that is not accepted yet</source>
        <translation>mit einem noch nicht angenommenen Entwurf</translation>
    </message>
    <message>
        <source>open</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
    <message>
        <source>not prepared yet</source>
        <translation>noch nicht vorbereitet</translation>
    </message>
    <message>
        <source>being prepared</source>
        <translation>wird vorbereitet</translation>
    </message>
    <message>
        <source>prepared: clicks are answered at once</source>
        <translation>vorbereitet: Klicks werden sofort beantwortet</translation>
    </message>
    <message>
        <source>problem</source>
        <translation>Problem</translation>
    </message>
</context>
<context>
    <name>ImagesPanel</name>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Images that are done</source>
        <translation>Fertige Bilder</translation>
    </message>
    <message>
        <source>No image is like this.</source>
        <translation>Kein Bild ist so.</translation>
    </message>
    <message>
        <source>List all images</source>
        <translation>Alle Bilder auflisten</translation>
    </message>
    <message>
        <source>&lt;b&gt;These are samples.&lt;/b&gt; Click an object to try it, or open your own images.</source>
        <translation>&lt;b&gt;Das sind Beispiele.&lt;/b&gt; Klicken Sie zur Probe ein Objekt an, oder öffnen Sie eigene Bilder.</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>{0} of {1} done</source>
        <translation>{0} von {1} fertig</translation>
    </message>
    <message>
        <source>{0} listed</source>
        <translation>{0} gelistet</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import annotations</source>
        <translation>Annotationen importieren</translation>
    </message>
    <message>
        <source>File or folder</source>
        <translation>Datei oder Ordner</translation>
    </message>
    <message>
        <source>A COCO, results, SA-1B or LabelMe file, or a folder</source>
        <translation>COCO, Ergebnisse, SA-1B, LabelMe oder ein Ordner</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Datei …</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner …</translation>
    </message>
    <message>
        <source>A folder of LabelMe or YOLO files</source>
        <translation>Ein Ordner mit Dateien von LabelMe oder YOLO</translation>
    </message>
    <message>
        <source>The file is only read. What comes in is one step, which can be undone.</source>
        <translation>Die Datei wird nur gelesen. Was hereinkommt, ist ein Schritt, der sich rückgängig machen lässt.</translation>
    </message>
    <message>
        <source>What cannot be used</source>
        <translation>Was nicht verwendbar ist</translation>
    </message>
    <message>
        <source>Progress of the import</source>
        <translation>Fortschritt des Imports</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Images and categories that have other ids here than in the file: {0}.</source>
        <translation>Bilder und Kategorien, die hier andere IDs haben als in der Datei: {0}.</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>{0} to be segmented</source>
        <translation>{0} zu segmentieren</translation>
    </message>
    <message>
        <source>{0} file. New: {1}.</source>
        <translation>Datei von {0}. Neu: {1}.</translation>
    </message>
    <message>
        <source>Already here: {0}.</source>
        <translation>Schon da: {0}.</translation>
    </message>
    <message>
        <source>{0} of these are in other categories here, and stay.</source>
        <translation>{0} davon sind hier in anderen Kategorien und bleiben es.</translation>
    </message>
    <message>
        <source>{0} of the new ones come in beside those of the same ids, which have other masks here.</source>
        <translation>{0} der neuen kommen zu denen mit denselben IDs hinzu, die hier andere Masken haben.</translation>
    </message>
    <message numerus="yes">
        <source>Also for %Ln image(s) outside this folder</source>
        <translation>
            <numerusform>Auch für %Ln Bild außerhalb dieses Ordners</numerusform>
            <numerusform>Auch für %Ln Bilder außerhalb dieses Ordners</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} (and {1} more)</source>
        <translation>{0} (und {1} weitere)</translation>
    </message>
    <message>
        <source>… and {0} more</source>
        <translation>… und {0} weitere</translation>
    </message>
    <message>
        <source>What cannot be used: {0}</source>
        <translation>Was nicht verwendbar ist: {0}</translation>
    </message>
    <message>
        <source>Annotations (*.json)</source>
        <translation>Annotationen (*.json)</translation>
    </message>
</context>
<context>
    <name>ImportedBoxes</name>
    <message>
        <source>There are no imported boxes left without masks.</source>
        <translation>Es gibt keine importierten Rahmen ohne Maske mehr.</translation>
    </message>
    <message>
        <source>Press {box} again for the first of its boxes.</source>
        <translation>Drücken Sie noch einmal {box} für den ersten seiner Rahmen.</translation>
    </message>
</context>
<context>
    <name>Importer</name>
    <message>
        <source>Import {0}</source>
        <translation>{0} importieren</translation>
    </message>
    <message>
        <source>{0} to be segmented ({box})</source>
        <translation>{0} zu segmentieren ({box})</translation>
    </message>
    <message>
        <source>Imported from {0}: {1}. {undo} takes it back.</source>
        <translation>Importiert aus {0}: {1}. {undo} nimmt es zurück.</translation>
    </message>
</context>
<context>
    <name>KeptDrafts</name>
    <message>
        <source>Drafts would be lost now. Close the window again to leave them.</source>
        <translation>Jetzt gingen Entwürfe verloren. Schließen Sie das Fenster noch einmal, um sie aufzugeben.</translation>
    </message>
    <message>
        <source>Drafts are there again on {0}.</source>
        <translation>Entwürfe sind wieder da: {0}.</translation>
    </message>
</context>
<context>
    <name>Keyboard</name>
    <message>
        <source>Accept the draft with {accept}, or drop it with {drop}, first.</source>
        <translation>Nehmen Sie zuerst den Entwurf mit {accept} an, oder verwerfen Sie ihn mit {drop}.</translation>
    </message>
    <message>
        <source>There are no masks here yet: {smart} and a click on an object makes one.</source>
        <translation>Hier gibt es noch keine Masken: {smart} und ein Klick auf ein Objekt macht eine.</translation>
    </message>
    <message>
        <source>Select several masks first: {select}, then Shift and clicks.</source>
        <translation>Wählen Sie zuerst mehrere Masken aus: {select}, dann Klicks mit Umschalt.</translation>
    </message>
    <message>
        <source>Select a mask first: {select} and a click on it.</source>
        <translation>Wählen Sie zuerst eine Maske aus: {select} und ein Klick darauf.</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Filter by name or key</source>
        <translation>Nach Namen oder Taste filtern</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>Was geschieht</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>No action is called that.</source>
        <translation>Keine Aktion heißt so.</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Neue Taste</translation>
    </message>
    <message>
        <source>Use this key</source>
        <translation>Diese Taste verwenden</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>Keine Taste</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Gives this action its default key again</source>
        <translation>Gibt dieser Aktion wieder ihre Standardtaste</translation>
    </message>
    <message>
        <source>All defaults</source>
        <translation>Alle Standardtasten</translation>
    </message>
    <message>
        <source>Click the field and press a key, to give it to the action chosen above.</source>
        <translation>Klicken Sie in das Feld und drücken Sie eine Taste: Die oben gewählte Aktion bekommt sie.</translation>
    </message>
    <message>
        <source>This key or button is always the same.</source>
        <translation>Diese Taste ist immer dieselbe.</translation>
    </message>
    <message>
        <source>{0} always has the same meaning.</source>
        <translation>{0} hat immer dieselbe Bedeutung.</translation>
    </message>
    <message>
        <source>{0} is the key of “{1}”, which would lose it.</source>
        <translation>{0} ist die Taste von „{1}“, das sie verlöre.</translation>
    </message>
    <message>
        <source>Give every action its default key again?</source>
        <translation>Allen Aktionen wieder ihre Standardtaste geben?</translation>
    </message>
    <message>
        <source>Actions with keys of your own: {0}.</source>
        <translation>Aktionen mit eigenen Tasten: {0}.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source> (read-only)</source>
        <translation> (nur lesen)</translation>
    </message>
</context>
<context>
    <name>MergeDialog</name>
    <message>
        <source>Merge categories</source>
        <translation>Kategorien zusammenführen</translation>
    </message>
    <message>
        <source>Category that takes the annotations</source>
        <translation>Kategorie, die die Annotationen übernimmt</translation>
    </message>
    <message>
        <source>Choose a category</source>
        <translation>Kategorie wählen</translation>
    </message>
    <message>
        <source>Undo brings everything back.</source>
        <translation>Rückgängig bringt alles zurück.</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>Zusammenführen</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Notices</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>Diesen Hinweis schließen</translation>
    </message>
</context>
<context>
    <name>Offers</name>
    <message>
        <source>No category was chosen, so this became “{0}”.</source>
        <translation>Es war keine Kategorie gewählt, daher heißt dies „{0}“.</translation>
    </message>
    <message>
        <source>Name it</source>
        <translation>Benennen</translation>
    </message>
    <message>
        <source>{0} of Segment Anything makes better masks.</source>
        <translation>{0} von Segment Anything macht bessere Masken.</translation>
    </message>
    <message>
        <source>{0} is not on this machine, and {1} cannot be reached.</source>
        <translation>{0} ist nicht auf diesem Rechner, und {1} ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>{0} is not on this machine; {1} are free in {2}.</source>
        <translation>{0} ist nicht auf diesem Rechner; {1} sind frei in {2}.</translation>
    </message>
    <message>
        <source>Download {0}, {1}</source>
        <translation>{0} laden, {1}</translation>
    </message>
    <message>
        <source>{0} is on this machine now; it is in the Checkpoint menu.</source>
        <translation>{0} ist jetzt auf diesem Rechner, im Menü „Checkpoint“.</translation>
    </message>
</context>
<context>
    <name>Opener</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>No program here shows folders. It is {0}.</source>
        <translation>Hier zeigt kein Programm Ordner an. Es ist {0}.</translation>
    </message>
    <message>
        <source>&amp;Clear this list</source>
        <translation>Diese Liste &amp;leeren</translation>
    </message>
</context>
<context>
    <name>OverviewDialog</name>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>Nicht fertig</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
    <message>
        <source>Annotated</source>
        <translation>Annotiert</translation>
    </message>
    <message>
        <source>Annotations</source>
        <translation>Annotationen</translation>
    </message>
    <message>
        <source>Masks per annotated image</source>
        <translation>Masken je annotiertem Bild</translation>
    </message>
    <message>
        <source>Most masks on an image</source>
        <translation>Meiste Masken auf einem Bild</translation>
    </message>
    <message>
        <source>Time per mask (median)</source>
        <translation>Zeit je Maske (Median)</translation>
    </message>
    <message>
        <source>Annotations per category</source>
        <translation>Annotationen je Kategorie</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>Kategorie</translation>
    </message>
    <message>
        <source>Time per mask</source>
        <translation>Zeit je Maske</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>Wird gezählt …</translation>
    </message>
    <message>
        <source>There are no categories yet.</source>
        <translation>Es gibt noch keine Kategorien.</translation>
    </message>
</context>
<context>
    <name>PolygonTool</name>
    <message>
        <source>Drag a corner or an edge; {accept} accepts the polygon.</source>
        <translation>Ziehen Sie eine Ecke oder Kante; {accept} nimmt das Polygon an.</translation>
    </message>
    <message>
        <source>Drag a corner or an edge; {drop} begins another polygon.</source>
        <translation>Ziehen Sie eine Ecke oder Kante; {drop} beginnt ein anderes Polygon.</translation>
    </message>
    <message>
        <source>Accept the draft with {accept}, or drop it with {drop}, first.</source>
        <translation>Nehmen Sie zuerst den Entwurf mit {accept} an, oder verwerfen Sie ihn mit {drop}.</translation>
    </message>
    <message>
        <source>A polygon needs three corners at least.</source>
        <translation>Ein Polygon braucht mindestens drei Ecken.</translation>
    </message>
    <message>
        <source>Edit polygon</source>
        <translation>Polygon bearbeiten</translation>
    </message>
</context>
<context>
    <name>Proposals</name>
    <message>
        <source>There are no proposals. {propose} makes some here.</source>
        <translation>Es gibt keine Vorschläge. {propose} macht hier welche.</translation>
    </message>
    <message>
        <source>Accept proposals</source>
        <translation>Vorschläge annehmen</translation>
    </message>
    <message>
        <source>Drop proposals</source>
        <translation>Vorschläge verwerfen</translation>
    </message>
</context>
<context>
    <name>ProposingBar</name>
    <message>
        <source>Proposing masks</source>
        <translation>Masken werden vorgeschlagen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>What was found is kept</source>
        <translation>Was gefunden wurde, bleibt</translation>
    </message>
    <message>
        <source>Proposing masks: image {0} of {1}</source>
        <translation>Masken werden vorgeschlagen: Bild {0} von {1}</translation>
    </message>
</context>
<context>
    <name>RowDelegate</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
</context>
<context>
    <name>RowsModel</name>
    <message>
        <source>hidden</source>
        <translation>verborgen</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Takes effect at the next start.</source>
        <translation>Gilt ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>All settings have their defaults. This can be undone until the dialog is closed.</source>
        <translation>Alle Einstellungen haben ihre Standardwerte. Bis der Dialog geschlossen wird, lässt sich das zurücknehmen.</translation>
    </message>
    <message>
        <source>All settings are as they were.</source>
        <translation>Alle Einstellungen sind wie zuvor.</translation>
    </message>
    <message>
        <source>Undo defaults</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>{0}: takes effect when SAMDesk is started again.</source>
        <translation>{0}: gilt ab dem nächsten Start von SAMDesk.</translation>
    </message>
    <message>
        <source>All defaults</source>
        <translation>Alle Standardwerte</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen …</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Engine and device</source>
        <translation>Engine und Gerät</translation>
    </message>
    <message>
        <source>Images prepared</source>
        <translation>Vorbereitete Bilder</translation>
    </message>
    <message>
        <source>Proposals being made</source>
        <translation>Vorschläge werden gemacht</translation>
    </message>
    <message>
        <source>Annotations being stored</source>
        <translation>Speichern der Annotationen</translation>
    </message>
    <message>
        <source>Pixel under the mouse: column, row; red, green, blue</source>
        <translation>Pixel unter der Maus: Spalte, Zeile; Rot, Grün, Blau</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Vergrößerung</translation>
    </message>
    <message>
        <source>Loading {0}… {1} %</source>
        <translation>{0} wird geladen … {1} %</translation>
    </message>
    <message>
        <source>{0} is prepared for this processor, once, for about a minute… {1} %</source>
        <translation>{0} wird für diesen Prozessor vorbereitet, einmalig, etwa eine Minute… {1} %</translation>
    </message>
    <message>
        <source>No engine</source>
        <translation>Keine Engine</translation>
    </message>
    <message>
        <source>{0} free</source>
        <translation>{0} frei</translation>
    </message>
    <message>
        <source>What makes the masks; click to change it</source>
        <translation>Was die Masken macht; ein Klick ändert es</translation>
    </message>
    <message>
        <source>A checkpoint is prepared for this machine when it is first used; later it is there in a second or two.</source>
        <translation>Ein Checkpoint wird beim ersten Mal für diesen Rechner vorbereitet; später ist er in ein, zwei Sekunden da.</translation>
    </message>
    <message>
        <source>Proposing masks: image {0} of {1}, {2} %</source>
        <translation>Masken vorschlagen: Bild {0} von {1}, {2} %</translation>
    </message>
    <message>
        <source>Storing… {0} %</source>
        <translation>Speichern… {0} %</translation>
    </message>
    <message>
        <source>Encoded {0} of {1}</source>
        <translation>{0} von {1} encodiert</translation>
    </message>
    <message>
        <source>Encoded {0} of the {1} nearest</source>
        <translation>{0} der {1} nächsten encodiert</translation>
    </message>
    <message>
        <source>paused on battery</source>
        <translation>angehalten im Akkubetrieb</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>the cache on disk holds no more</source>
        <translation>der Cache auf der Platte fasst nicht mehr</translation>
    </message>
</context>
<context>
    <name>Undoing</name>
    <message>
        <source>Undone on {0}: {1}</source>
        <translation>Rückgängig auf {0}: {1}</translation>
    </message>
    <message>
        <source>Redone on {0}: {1}</source>
        <translation>Wiederholt auf {0}: {1}</translation>
    </message>
    <message>
        <source>Drop draft</source>
        <translation>Entwurf verwerfen</translation>
    </message>
    <message>
        <source>Change draft</source>
        <translation>Entwurf ändern</translation>
    </message>
    <message>
        <source>What was done there before cannot be undone or redone any more.</source>
        <translation>Was dort zuvor getan wurde, lässt sich nicht mehr rückgängig machen oder wiederholen.</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Sample images</source>
        <translation>Beispielbilder</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>Reading {0}…</source>
        <translation>{0} wird gelesen …</translation>
    </message>
    <message>
        <source>&lt;b&gt;There are no images in {0}.&lt;/b&gt;&lt;br&gt;&lt;br&gt;{open} opens another folder.</source>
        <translation>&lt;b&gt;In {0} sind keine Bilder.&lt;/b&gt;&lt;br&gt;&lt;br&gt;{open} öffnet einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{open} opens a folder of images.</source>
        <translation>{open} öffnet einen Ordner mit Bildern.</translation>
    </message>
    <message>
        <source>Opening {0}…</source>
        <translation>{0} wird geöffnet …</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Annotations are being stored; open the folder after that.</source>
        <translation>Annotationen werden gerade gespeichert; öffnen Sie den Ordner danach.</translation>
    </message>
    <message>
        <source>{0} has changed since it was annotated. Check its masks, and mark it as done to be told no more.</source>
        <translation>{0} hat sich geändert, seit es annotiert wurde. Prüfen Sie die Masken, und markieren Sie das Bild als fertig, damit das nicht mehr gemeldet wird.</translation>
    </message>
    <message>
        <source>Every image has annotations or is done.</source>
        <translation>Jedes Bild hat Annotationen oder ist fertig.</translation>
    </message>
</context>
<context>
    <name>_Count</name>
    <message numerus="yes">
        <source>%Ln mask(s)</source>
        <translation>
            <numerusform>%Ln Maske</numerusform>
            <numerusform>%Ln Masken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln annotation(s)</source>
        <translation>
            <numerusform>%Ln Annotation</numerusform>
            <numerusform>%Ln Annotationen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln image(s)</source>
        <translation>
            <numerusform>%Ln Bild</numerusform>
            <numerusform>%Ln Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln box(es)</source>
        <translation>
            <numerusform>%Ln Rahmen</numerusform>
            <numerusform>%Ln Rahmen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln proposal(s)</source>
        <translation>
            <numerusform>%Ln Vorschlag</numerusform>
            <numerusform>%Ln Vorschläge</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln categories</source>
        <translation>
            <numerusform>%Ln Kategorie</numerusform>
            <numerusform>%Ln Kategorien</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_ImageDelegate</name>
    <message>
        <source>cannot be read</source>
        <translation>nicht lesbar</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>Entwurf</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>B&amp;ild</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Open folder…</source>
        <translation>Ordner &amp;öffnen …</translation>
    </message>
    <message>
        <source>&amp;Read folder again</source>
        <translation>Ordner neu &amp;lesen</translation>
    </message>
    <message>
        <source>&amp;Import annotations…</source>
        <translation>Annotationen &amp;importieren …</translation>
    </message>
    <message>
        <source>&amp;Export COCO…</source>
        <translation>COCO &amp;exportieren …</translation>
    </message>
    <message>
        <source>O&amp;verview…</source>
        <translation>&amp;Übersicht …</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>Ei&amp;nstellungen …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Smart tool</source>
        <translation>&amp;Smart-Werkzeug</translation>
    </message>
    <message>
        <source>Draws a mask corner by corner; moves the corners of the one that is selected.</source>
        <translation>Zeichnet eine Maske Ecke für Ecke; bewegt die Ecken der gewählten.</translation>
    </message>
    <message>
        <source>Selec&amp;t tool</source>
        <translation>A&amp;uswahlwerkzeug</translation>
    </message>
    <message>
        <source>&amp;Accept mask</source>
        <translation>Maske &amp;annehmen</translation>
    </message>
    <message>
        <source>Next &amp;candidate mask</source>
        <translation>Nächster Kandida&amp;t</translation>
    </message>
    <message>
        <source>Dr&amp;op draft, or deselect</source>
        <translation>Entwurf verwerfen &amp;oder Auswahl aufheben</translation>
    </message>
    <message>
        <source>&amp;Delete annotation</source>
        <translation>Annotation &amp;löschen</translation>
    </message>
    <message>
        <source>&amp;New category</source>
        <translation>&amp;Neue Kategorie</translation>
    </message>
    <message>
        <source>Rena&amp;me category</source>
        <translation>Kategorie um&amp;benennen</translation>
    </message>
    <message>
        <source>&amp;No longer a part</source>
        <translation>Kein Teil &amp;mehr</translation>
    </message>
    <message>
        <source>&amp;Next image</source>
        <translation>&amp;Nächstes Bild</translation>
    </message>
    <message>
        <source>&amp;Previous image</source>
        <translation>&amp;Voriges Bild</translation>
    </message>
    <message>
        <source>Next image &amp;without annotation</source>
        <translation>Nächstes Bild &amp;ohne Annotation</translation>
    </message>
    <message>
        <source>Next imported &amp;box</source>
        <translation>Nächster importierter &amp;Rahmen</translation>
    </message>
    <message>
        <source>&amp;Done</source>
        <translation>&amp;Fertig</translation>
    </message>
    <message>
        <source>Marks the image as one that is not to be annotated, and goes on.</source>
        <translation>Kennzeichnet das Bild als eines, das nicht annotiert werden soll, und geht weiter.</translation>
    </message>
    <message>
        <source>&amp;Read image again</source>
        <translation>Bild neu &amp;lesen</translation>
    </message>
    <message>
        <source>Accept, mark as done, &amp;go on</source>
        <translation>&amp;Annehmen, als fertig kennzeichnen, weiter</translation>
    </message>
    <message>
        <source>&amp;Annotation</source>
        <translation>An&amp;notation</translation>
    </message>
    <message>
        <source>&amp;Proposals</source>
        <translation>&amp;Vorschläge</translation>
    </message>
    <message>
        <source>Lists the images that were added to the open folder meanwhile.</source>
        <translation>Listet auch die Bilder, die inzwischen in den offenen Ordner kamen.</translation>
    </message>
    <message>
        <source>Click an object or drag a box around it: the engine finds its mask.</source>
        <translation>Ein Objekt anklicken oder einen Rahmen darum ziehen: Die Engine findet die Maske.</translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation>&amp;Pinsel</translation>
    </message>
    <message>
        <source>Paints a mask, or more of the one that is drafted or selected.</source>
        <translation>Malt eine Maske, oder mehr von der entworfenen oder gewählten.</translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation>Ra&amp;dierer</translation>
    </message>
    <message>
        <source>Takes away from the mask that is drafted or selected.</source>
        <translation>Nimmt von der entworfenen oder gewählten Maske weg.</translation>
    </message>
    <message>
        <source>&amp;Polygon</source>
        <translation>Pol&amp;ygon</translation>
    </message>
    <message>
        <source>Selects masks, to correct, merge, name or delete them.</source>
        <translation>Wählt Masken, um sie zu korrigieren, zu vereinen, zu benennen oder zu löschen.</translation>
    </message>
    <message>
        <source>Select a&amp;ll annotations</source>
        <translation>Alle Annotationen auswä&amp;hlen</translation>
    </message>
    <message>
        <source>Cop&amp;y annotations</source>
        <translation>Annotationen kop&amp;ieren</translation>
    </message>
    <message>
        <source>Paste annotat&amp;ions</source>
        <translation>Annotationen ein&amp;fügen</translation>
    </message>
    <message>
        <source>The copied masks once more, as for the next image of a series.</source>
        <translation>Die kopierten Masken noch einmal, etwa für das nächste Bild einer Serie.</translation>
    </message>
    <message>
        <source>Smaller brus&amp;h</source>
        <translation>&amp;Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>Lar&amp;ger brush</source>
        <translation>&amp;Größerer Pinsel</translation>
    </message>
    <message>
        <source>Move category up</source>
        <translation>Kategorie nach oben</translation>
    </message>
    <message>
        <source>In their list; the number keys follow its order.</source>
        <translation>In ihrer Liste; die Zifferntasten folgen der Reihenfolge.</translation>
    </message>
    <message>
        <source>Move category down</source>
        <translation>Kategorie nach unten</translation>
    </message>
    <message>
        <source>&amp;Add to annotation by a click</source>
        <translation>Annotation per &amp;Klick ergänzen</translation>
    </message>
    <message>
        <source>The next click or box adds to the annotation that is selected.</source>
        <translation>Der nächste Klick oder Rahmen fügt der gewählten Annotation etwas hinzu.</translation>
    </message>
    <message>
        <source>&amp;Subtract from annotation by a click</source>
        <translation>Von Annotation per Klick &amp;wegnehmen</translation>
    </message>
    <message>
        <source>The next click or box takes away from the annotation that is selected.</source>
        <translation>Der nächste Klick oder Rahmen nimmt von der gewählten Annotation etwas weg.</translation>
    </message>
    <message>
        <source>Fill &amp;holes</source>
        <translation>&amp;Löcher füllen</translation>
    </message>
    <message>
        <source>&amp;Drop specks</source>
        <translation>&amp;Flecken entfernen</translation>
    </message>
    <message>
        <source>S&amp;plit into pieces</source>
        <translation>In &amp;Stücke zerlegen</translation>
    </message>
    <message>
        <source>&amp;Merge selected</source>
        <translation>Ausgewählte &amp;zusammenführen</translation>
    </message>
    <message>
        <source>Part of &amp;the mask around it</source>
        <translation>T&amp;eil der Maske darum</translation>
    </message>
    <message>
        <source>Of the selected annotation, else of the one that was just accepted.</source>
        <translation>Für die gewählte Annotation, sonst für die eben angenommene.</translation>
    </message>
    <message>
        <source>Make parts of the &amp;largest selected</source>
        <translation>Zu &amp;Teilen der größten ausgewählten machen</translation>
    </message>
    <message>
        <source>C&amp;rowd</source>
        <translation>Menge (C&amp;rowd)</translation>
    </message>
    <message>
        <source>A group that is annotated as one mask, as COCO&apos;s iscrowd says.</source>
        <translation>Eine Gruppe, die als eine Maske annotiert ist, wie COCOs iscrowd sagt.</translation>
    </message>
    <message>
        <source>Hide or show s&amp;elected</source>
        <translation>Ausgewählte &amp;verbergen oder zeigen</translation>
    </message>
    <message>
        <source>&amp;Zoom to selected</source>
        <translation>Auf Ausgewähltes zoome&amp;n</translation>
    </message>
    <message>
        <source>Men&amp;u of what is selected</source>
        <translation>Men&amp;ü des Ausgewählten</translation>
    </message>
    <message>
        <source>Marks the image as finished; an export can be limited to such images.</source>
        <translation>Kennzeichnet das Bild als fertig; ein Export kann sich auf solche Bilder beschränken.</translation>
    </message>
    <message>
        <source>&amp;Skip</source>
        <translation>Ü&amp;berspringen</translation>
    </message>
    <message>
        <source>Show image in its &amp;folder</source>
        <translation>Bild &amp;in seinem Ordner zeigen</translation>
    </message>
    <message>
        <source>Pause enc&amp;oding in the background</source>
        <translation>Encodieren im &amp;Hintergrund anhalten</translation>
    </message>
    <message>
        <source>Propose &amp;masks on this image</source>
        <translation>&amp;Masken auf diesem Bild vorschlagen</translation>
    </message>
    <message>
        <source>Propose masks on all &amp;untouched images</source>
        <translation>Masken auf allen &amp;unberührten Bildern vorschlagen</translation>
    </message>
    <message>
        <source>Propose masks for imported &amp;boxes</source>
        <translation>Masken für importierte &amp;Rahmen vorschlagen</translation>
    </message>
    <message>
        <source>&amp;Stop proposing</source>
        <translation>Vorschlagen &amp;beenden</translation>
    </message>
    <message>
        <source>&amp;Next proposal</source>
        <translation>&amp;Nächster Vorschlag</translation>
    </message>
    <message>
        <source>&amp;Previous proposal</source>
        <translation>V&amp;origer Vorschlag</translation>
    </message>
    <message>
        <source>&amp;Accept all as good as the chosen one</source>
        <translation>&amp;Alle annehmen, die so gut sind wie der gewählte</translation>
    </message>
    <message>
        <source>&amp;Drop all on this image</source>
        <translation>Alle auf &amp;diesem Bild verwerfen</translation>
    </message>
    <message>
        <source>&amp;Fit image</source>
        <translation>Bild &amp;einpassen</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>&amp;100 %</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Hide masks while held</source>
        <translation>Masken &amp;verbergen, solange gedrückt</translation>
    </message>
    <message>
        <source>Side &amp;panels</source>
        <translation>Sei&amp;tenleisten</translation>
    </message>
    <message>
        <source>Preview the mask under the &amp;mouse</source>
        <translation>Maske unter der &amp;Maus als Vorschau zeigen</translation>
    </message>
    <message>
        <source>List of categories: drag between others</source>
        <translation>Liste der Kategorien: zwischen andere ziehen</translation>
    </message>
    <message>
        <source>Put in order, as the number keys are</source>
        <translation>Ordnen, wie dann auch die Zifferntasten</translation>
    </message>
    <message>
        <source>Move the crosshair by a twentieth of the view; with Shift by one pixel</source>
        <translation>Das Fadenkreuz um ein Zwanzigstel der Ansicht bewegen; mit Umschalt um ein Pixel</translation>
    </message>
    <message>
        <source>&amp;Light theme</source>
        <translation>&amp;Helle Farben</translation>
    </message>
    <message>
        <source>&amp;Dark theme</source>
        <translation>&amp;Dunkle Farben</translation>
    </message>
    <message>
        <source>&amp;Find an action…</source>
        <translation>Aktion &amp;finden …</translation>
    </message>
    <message>
        <source>&amp;Keys…</source>
        <translation>&amp;Tasten …</translation>
    </message>
    <message>
        <source>Open the &amp;sample images</source>
        <translation>&amp;Beispielbilder öffnen</translation>
    </message>
    <message>
        <source>&amp;About SAMDesk</source>
        <translation>&amp;Über SAMDesk</translation>
    </message>
    <message>
        <source>Left click</source>
        <translation>Linksklick</translation>
    </message>
    <message>
        <source>A point inside the object; on a proposal: chooses it</source>
        <translation>Ein Punkt im Objekt; auf einem Vorschlag: wählt ihn</translation>
    </message>
    <message>
        <source>Category of what is selected; else of what comes next</source>
        <translation>Kategorie des Ausgewählten, sonst des Nächsten</translation>
    </message>
    <message>
        <source>Right click, Shift + left click</source>
        <translation>Rechtsklick, Umschalt + Linksklick</translation>
    </message>
    <message>
        <source>Theme as the s&amp;ystem</source>
        <translation>Farben wie das &amp;System</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>A point outside the object</source>
        <translation>Ein Punkt außerhalb des Objekts</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>A box around the object</source>
        <translation>Ein Rahmen um das Objekt</translation>
    </message>
    <message>
        <source>Brush and eraser: left, right button</source>
        <translation>Pinsel und Radierer: linke, rechte Taste</translation>
    </message>
    <message>
        <source>Paint and erase; the other way round</source>
        <translation>Malen und radieren; umgekehrt</translation>
    </message>
    <message>
        <source>Polygon: click</source>
        <translation>Polygon: Klick</translation>
    </message>
    <message>
        <source>A corner; on the first corner, close</source>
        <translation>Eine Ecke; auf der ersten Ecke: schließen</translation>
    </message>
    <message>
        <source>Polygon: drag a corner or an edge</source>
        <translation>Polygon: eine Ecke oder Kante ziehen</translation>
    </message>
    <message>
        <source>Move the corner; a new corner on the edge</source>
        <translation>Die Ecke verschieben; eine neue Ecke auf der Kante</translation>
    </message>
    <message>
        <source>Polygon: right click on a corner</source>
        <translation>Polygon: Rechtsklick auf eine Ecke</translation>
    </message>
    <message>
        <source>Take the corner away</source>
        <translation>Die Ecke entfernen</translation>
    </message>
    <message>
        <source>Polygon: double click</source>
        <translation>Polygon: Doppelklick</translation>
    </message>
    <message>
        <source>The last corner; closes</source>
        <translation>Die letzte Ecke; schließt</translation>
    </message>
    <message>
        <source>Select tool: Shift or Ctrl + click</source>
        <translation>Auswahlwerkzeug: Umschalt oder Strg + Klick</translation>
    </message>
    <message>
        <source>Select several</source>
        <translation>Mehrere auswählen</translation>
    </message>
    <message>
        <source>Select tool: right click</source>
        <translation>Auswahlwerkzeug: Rechtsklick</translation>
    </message>
    <message>
        <source>Menu of the annotation</source>
        <translation>Menü der Annotation</translation>
    </message>
    <message>
        <source>List of annotations: drag onto another, to the empty end</source>
        <translation>Liste der Annotationen: auf eine andere ziehen, ans leere Ende</translation>
    </message>
    <message>
        <source>Make a part; a whole again</source>
        <translation>Zum Teil machen; wieder zum Ganzen</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Tastatur</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Accept mask</source>
        <translation>Maske annehmen</translation>
    </message>
    <message>
        <source>1 to 9</source>
        <translation>1 bis 9</translation>
    </message>
    <message>
        <source>Hold Space and drag, middle button</source>
        <translation>Leertaste halten und ziehen, mittlere Maustaste</translation>
    </message>
    <message>
        <source>Move the image</source>
        <translation>Das Bild verschieben</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>Zoom at the mouse</source>
        <translation>An der Maus vergrößern und verkleinern</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>Up, Down while a category&apos;s name is typed</source>
        <translation>Hinauf, Herunter beim Tippen eines Kategorienamens</translation>
    </message>
    <message>
        <source>Choose among those that are called so</source>
        <translation>Unter denen wählen, die so heißen</translation>
    </message>
    <message>
        <source>J, Shift + J</source>
        <translation>J, Umschalt + J</translation>
    </message>
    <message>
        <source>Left or right click at the crosshair; hold J and move to drag</source>
        <translation>Links- oder Rechtsklick am Fadenkreuz; J halten und bewegen zieht</translation>
    </message>
</context>
<context>
    <name>drops</name>
    <message>
        <source>{0} is neither a folder nor an image.</source>
        <translation>{0} ist weder ein Ordner noch ein Bild.</translation>
    </message>
    <message>
        <source>Annotations are imported from the menu File.</source>
        <translation>Annotationen werden über das Menü „Datei“ importiert.</translation>
    </message>
</context>
<context>
    <name>messages</name>
    <message>
        <source>Delete the file.</source>
        <translation>Löschen Sie die Datei.</translation>
    </message>
    <message>
        <source>Defaults are used; correct the file or delete it.</source>
        <translation>Es gelten die Standardwerte; berichtigen oder löschen Sie die Datei.</translation>
    </message>
    <message>
        <source>The settings in {path} are not a JSON object.</source>
        <translation>Die Einstellungen in {path} sind kein JSON-Objekt.</translation>
    </message>
    <message>
        <source>Free space or set SAMDESK_HOME.</source>
        <translation>Schaffen Sie Platz oder setzen Sie SAMDESK_HOME.</translation>
    </message>
    <message>
        <source>The settings in {path} cannot be read: {reason}.</source>
        <translation>Die Einstellungen in {path} sind nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>The setting {name!r} in {path} cannot be {value!r}.</source>
        <translation>Die Einstellung {name!r} in {path} kann nicht {value!r} sein.</translation>
    </message>
    <message>
        <source>Its default is {default!r}.</source>
        <translation>Ihr Standardwert ist {default!r}.</translation>
    </message>
    <message>
        <source>The settings cannot be written to {path}: {reason}.</source>
        <translation>Die Einstellungen lassen sich nicht nach {path} schreiben: {reason}.</translation>
    </message>
    <message>
        <source>Copy or download it again from its source.</source>
        <translation>Kopieren oder laden Sie sie noch einmal von ihrer Quelle.</translation>
    </message>
    <message>
        <source>its header is damaged</source>
        <translation>ihr Kopf ist beschädigt</translation>
    </message>
    <message>
        <source>its pixels are damaged or stored in an unknown way</source>
        <translation>ihre Pixel sind beschädigt oder auf unbekannte Weise gespeichert</translation>
    </message>
    <message>
        <source>It may be damaged: copy it again from its source, or convert it to PNG or JPEG.</source>
        <translation>Sie ist vielleicht beschädigt: Kopieren Sie sie noch einmal von ihrer Quelle, oder wandeln Sie sie in PNG oder JPEG um.</translation>
    </message>
    <message>
        <source>Choose an image file.</source>
        <translation>Wählen Sie eine Bilddatei.</translation>
    </message>
    <message>
        <source>Cut the image into smaller files.</source>
        <translation>Zerteilen Sie das Bild in kleinere Dateien.</translation>
    </message>
    <message>
        <source>{name} cannot be decoded: {reason}.</source>
        <translation>{name} ist nicht zu entschlüsseln: {reason}.</translation>
    </message>
    <message>
        <source>{width} x {height} pixels are {megapixels:,.1f} megapixels, more than the limit of {limit:,.1f}</source>
        <translation>{width} x {height} Pixel sind {megapixels:,.1f} Megapixel, mehr als die Grenze von {limit:,.1f}</translation>
    </message>
    <message>
        <source>{name} is a folder, not an image.</source>
        <translation>{name} ist ein Ordner, kein Bild.</translation>
    </message>
    <message>
        <source>{name} is not a regular file.</source>
        <translation>{name} ist keine gewöhnliche Datei.</translation>
    </message>
    <message>
        <source>{name} is empty.</source>
        <translation>{name} ist leer.</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>Datei oder Ordner nicht gefunden</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>Ein Teil des Pfades ist kein Ordner</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>Es ist ein Ordner</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>Es gibt das schon</translation>
    </message>
    <message>
        <source>Directory not empty</source>
        <translation>Der Ordner ist nicht leer</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>Die Rechte dafür fehlen</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>Das ist nicht erlaubt</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>Der Datenträger kann nur gelesen werden</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>Auf dem Datenträger ist kein Platz mehr</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>Der zugeteilte Speicherplatz ist aufgebraucht</translation>
    </message>
    <message>
        <source>File too large</source>
        <translation>Die Datei ist zu groß</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Ein- oder Ausgabefehler des Datenträgers</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>Der Dateiname ist zu lang</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>Es sind zu viele Dateien offen</translation>
    </message>
    <message>
        <source>Device or resource busy</source>
        <translation>Ein anderes Programm benutzt es</translation>
    </message>
    <message>
        <source>Invalid cross-device link</source>
        <translation>Es liegt auf einem anderen Datenträger</translation>
    </message>
    <message>
        <source>Transport endpoint is not connected</source>
        <translation>Das Laufwerk ist nicht verbunden</translation>
    </message>
    <message>
        <source>Stale file handle</source>
        <translation>Das Laufwerk wurde neu verbunden</translation>
    </message>
    <message>
        <source>Connection timed out</source>
        <translation>Das Laufwerk antwortet nicht</translation>
    </message>
    <message>
        <source>Name a file that ends in .json.</source>
        <translation>Nennen Sie eine Datei, die auf .json endet.</translation>
    </message>
    <message>
        <source>Name a file.</source>
        <translation>Nennen Sie eine Datei.</translation>
    </message>
    <message>
        <source>Name another file.</source>
        <translation>Nennen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>Name another file, or add --force to replace it.</source>
        <translation>Nennen Sie eine andere Datei, oder ersetzen Sie diese mit --force.</translation>
    </message>
    <message>
        <source>Name a file in another folder.</source>
        <translation>Nennen Sie eine Datei in einem anderen Ordner.</translation>
    </message>
    <message>
        <source>{path} is called like an image.</source>
        <translation>{path} heißt wie ein Bild.</translation>
    </message>
    <message>
        <source>{path} is a device or the like, no file.</source>
        <translation>{path} ist ein Gerät oder dergleichen, keine Datei.</translation>
    </message>
    <message>
        <source>{path} is an image, and images are never replaced.</source>
        <translation>{path} ist ein Bild, und Bilder werden nie ersetzt.</translation>
    </message>
    <message>
        <source>{path} is where SAMDesk keeps a project.</source>
        <translation>Unter {path} bewahrt SAMDesk ein Projekt auf.</translation>
    </message>
    <message>
        <source>{name} is larger than 4 GiB.</source>
        <translation>{name} ist größer als 4 GiB.</translation>
    </message>
    <message>
        <source>Check whether it was moved or renamed.</source>
        <translation>Prüfen Sie, ob sie verschoben oder umbenannt wurde.</translation>
    </message>
    <message>
        <source>Change the file&apos;s permissions.</source>
        <translation>Ändern Sie die Rechte der Datei.</translation>
    </message>
    <message>
        <source>Check the disk and the path.</source>
        <translation>Prüfen Sie Datenträger und Pfad.</translation>
    </message>
    <message>
        <source>Close other programs, or reduce the image.</source>
        <translation>Schließen Sie andere Programme, oder verkleinern Sie das Bild.</translation>
    </message>
    <message>
        <source>The limit can be raised in the settings.</source>
        <translation>Die Grenze lässt sich in den Einstellungen anheben.</translation>
    </message>
    <message>
        <source>Reduce or convert it.</source>
        <translation>Verkleinern Sie es, oder wandeln Sie es um.</translation>
    </message>
    <message>
        <source>Run &quot;git lfs pull&quot; in its folder.</source>
        <translation>Führen Sie „git lfs pull“ in seinem Ordner aus.</translation>
    </message>
    <message>
        <source>A failed download can leave an error page under the image&apos;s name.</source>
        <translation>Ein misslungener Download kann eine Fehlerseite unter dem Namen des Bildes hinterlassen.</translation>
    </message>
    <message>
        <source>Convert it to PNG or JPEG.</source>
        <translation>Wandeln Sie es in PNG oder JPEG um.</translation>
    </message>
    <message>
        <source>{name} is truncated: its end is missing.</source>
        <translation>{name} ist abgeschnitten: Das Ende fehlt.</translation>
    </message>
    <message>
        <source>{name} does not exist.</source>
        <translation>{name} gibt es nicht.</translation>
    </message>
    <message>
        <source>{name} may not be read.</source>
        <translation>{name} darf nicht gelesen werden.</translation>
    </message>
    <message>
        <source>{name} cannot be read: {reason}.</source>
        <translation>{name} ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>There is not enough memory to decode {name}.</source>
        <translation>Der Speicher reicht nicht, um {name} zu entschlüsseln.</translation>
    </message>
    <message>
        <source>{name} is too large: {reason}.</source>
        <translation>{name} ist zu groß: {reason}.</translation>
    </message>
    <message>
        <source>{name} is too large for its decoder.</source>
        <translation>{name} ist zu groß für seinen Dekoder.</translation>
    </message>
    <message>
        <source>{name} is a Git LFS pointer, not the image itself.</source>
        <translation>{name} ist ein Verweis von Git LFS, nicht das Bild selbst.</translation>
    </message>
    <message>
        <source>{name} is not an image: it contains text.</source>
        <translation>{name} ist kein Bild: Es enthält Text.</translation>
    </message>
    <message>
        <source>{name} is not an image of a known format.</source>
        <translation>{name} ist kein Bild in einem bekannten Format.</translation>
    </message>
    <message>
        <source>Check that it exists and that you may open it.</source>
        <translation>Prüfen Sie, ob es ihn gibt und ob Sie ihn öffnen dürfen.</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be read: {reason}.</source>
        <translation>Der Ordner {folder} ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>There is not enough memory for this image.</source>
        <translation>Der Speicher reicht für dieses Bild nicht aus.</translation>
    </message>
    <message>
        <source>The mask to correct is another engine&apos;s.</source>
        <translation>Die Maske stammt von einem anderen Verfahren.</translation>
    </message>
    <message>
        <source>Start a new mask.</source>
        <translation>Beginnen Sie eine neue Maske.</translation>
    </message>
    <message>
        <source>The built-in engine keeps nothing on disk.</source>
        <translation>Das eingebaute Verfahren bewahrt nichts auf dem Datenträger auf.</translation>
    </message>
    <message>
        <source>Encode the image again.</source>
        <translation>Bereiten Sie das Bild noch einmal vor.</translation>
    </message>
    <message>
        <source>The embedding is another engine&apos;s.</source>
        <translation>Die Vorbereitung stammt von einem anderen Verfahren.</translation>
    </message>
    <message>
        <source>The prompt says nothing about the inside.</source>
        <translation>Der Prompt sagt nichts über das Innere.</translation>
    </message>
    <message>
        <source>Click on the object.</source>
        <translation>Klicken Sie auf das Objekt.</translation>
    </message>
    <message>
        <source>Images are encoded again when they are needed. Free space on that disk, or name another folder for the cache.</source>
        <translation>Bilder werden neu vorbereitet, wenn sie gebraucht werden. Schaffen Sie dort Platz, oder nennen Sie einen anderen Ordner für den Zwischenspeicher.</translation>
    </message>
    <message>
        <source>Embeddings are not kept: {folder} may hold {bound:,.0f} MB.</source>
        <translation>Vorbereitungen werden nicht aufbewahrt: {folder} darf {bound:,.0f} MB fassen.</translation>
    </message>
    <message>
        <source>Embeddings cannot be kept in {folder}: {reason}.</source>
        <translation>Vorbereitungen lassen sich nicht in {folder} aufbewahren: {reason}.</translation>
    </message>
    <message>
        <source>{shown} answered with a web page</source>
        <translation>{shown} antwortete mit einer Webseite</translation>
    </message>
    <message>
        <source>A page to log in to this network may be in between: log in, and try again; what has arrived is kept.</source>
        <translation>Vielleicht liegt eine Anmeldeseite dieses Netzes dazwischen: Melden Sie sich an und versuchen Sie es noch einmal; was angekommen ist, bleibt erhalten.</translation>
    </message>
    <message>
        <source>The NVIDIA driver does not answer.</source>
        <translation>Der NVIDIA-Treiber antwortet nicht.</translation>
    </message>
    <message>
        <source>Run nvidia-smi to see what is wrong with it, and restart the computer if it hangs.</source>
        <translation>nvidia-smi zeigt, was ihm fehlt; wenn es hängt, starten Sie den Rechner neu.</translation>
    </message>
    <message>
        <source>Restart the computer; if that does not help, look at: nvidia-smi</source>
        <translation>Starten Sie den Rechner neu; hilft das nicht, sehen Sie nach mit: nvidia-smi</translation>
    </message>
    <message>
        <source>GPU {number} does not answer ({reason}).</source>
        <translation>GPU {number} antwortet nicht ({reason}).</translation>
    </message>
    <message>
        <source>this device was chosen</source>
        <translation>dieses Gerät wurde gewählt</translation>
    </message>
    <message>
        <source>SAMDesk reads ViT-H, ViT-L and ViT-B of Segment Anything (SAM 1).</source>
        <translation>SAMDesk liest ViT-H, ViT-L und ViT-B von Segment Anything (SAM 1).</translation>
    </message>
    <message>
        <source>; it looks like MobileSAM</source>
        <translation>; es sieht nach MobileSAM aus</translation>
    </message>
    <message>
        <source>; it looks like SAM 2</source>
        <translation>; es sieht nach SAM 2 aus</translation>
    </message>
    <message>
        <source>; it looks like SAM in the format of Hugging Face transformers</source>
        <translation>; es sieht nach SAM im Format von Hugging Face transformers aus</translation>
    </message>
    <message>
        <source>; it looks like a SAM of another size</source>
        <translation>; es sieht nach einem SAM anderer Größe aus</translation>
    </message>
    <message>
        <source>The checkpoint {name} cannot be read: {reason}.</source>
        <translation>Der Checkpoint {name} ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>Check that {path} exists and may be read.</source>
        <translation>Prüfen Sie, ob es {path} gibt und ob es gelesen werden darf.</translation>
    </message>
    <message>
        <source>The {name} checkpoint is not on this machine.</source>
        <translation>Der Checkpoint {name} ist nicht auf diesem Rechner.</translation>
    </message>
    <message>
        <source>Download {url} ({bytes:,.0f} MB) into {folder}, or open a checkpoint file that you have.</source>
        <translation>Laden Sie {url} ({bytes:,.0f} MB) nach {folder}, oder öffnen Sie eine Checkpoint-Datei, die Sie haben.</translation>
    </message>
    <message>
        <source>Use the published SAM files, or save the model&apos;s state_dict() alone.</source>
        <translation>Nehmen Sie die veröffentlichten SAM-Dateien, oder speichern Sie nur das state_dict() des Modells.</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>Laden Sie die Datei noch einmal.</translation>
    </message>
    <message>
        <source>{name} is not a Segment Anything checkpoint{resembles}.</source>
        <translation>{name} ist kein Checkpoint von Segment Anything{resembles}.</translation>
    </message>
    <message>
        <source>{name} holds more than weights and was not opened: it could run a program.</source>
        <translation>{name} enthält mehr als Gewichte und wurde nicht geöffnet: Die Datei könnte ein Programm ausführen.</translation>
    </message>
    <message>
        <source>{name} is damaged or is not a checkpoint file ({kind}).</source>
        <translation>{name} ist beschädigt oder keine Checkpoint-Datei ({kind}).</translation>
    </message>
    <message>
        <source>the file on the server changed</source>
        <translation>die Datei auf dem Server hat sich geändert</translation>
    </message>
    <message>
        <source>Set SAMDESK_CHECKPOINT_URL to a mirror, or put {file} into {folder} by hand.</source>
        <translation>Setzen Sie SAMDESK_CHECKPOINT_URL auf einen Spiegelserver, oder legen Sie {file} selbst in {folder}.</translation>
    </message>
    <message>
        <source>it needs {needed:,.0f} MB of free disk space and {free:,.0f} MB are free</source>
        <translation>er braucht {needed:,.0f} MB freien Platz, und {free:,.0f} MB sind frei</translation>
    </message>
    <message>
        <source>Make room on the disk of {folder} and try again.</source>
        <translation>Schaffen Sie Platz auf dem Datenträger von {folder}, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>the connection broke</source>
        <translation>die Verbindung ist abgebrochen</translation>
    </message>
    <message>
        <source>The {name} checkpoint could not be downloaded: {reason}.</source>
        <translation>Der Checkpoint {name} ließ sich nicht herunterladen: {reason}.</translation>
    </message>
    <message>
        <source>This folder could not be written once; its annotations are kept in {folder}. To have them in it, close SAMDesk, move that folder into it and call it .samdesk.</source>
        <translation>Dieser Ordner ließ sich früher nicht beschreiben; seine Annotationen liegen in {folder}. Um sie in ihm zu haben, schließen Sie SAMDesk, verschieben Sie jenen Ordner in diesen und nennen Sie ihn .samdesk.</translation>
    </message>
    <message>
        <source>Other annotations of this folder are in {database}, from when it could not be written. To have those, close SAMDesk and move {folder} away.</source>
        <translation>Andere Annotationen dieses Ordners sind in {database}, aus der Zeit, als er sich nicht beschreiben ließ. Um diese zu haben, schließen Sie SAMDesk und verschieben Sie {folder} an einen anderen Ort.</translation>
    </message>
    <message>
        <source>It is shown as it was when it was opened; open the folder again for more.</source>
        <translation>Gezeigt wird es, wie es beim Öffnen war; öffnen Sie den Ordner noch einmal, um Neueres zu sehen.</translation>
    </message>
    <message>
        <source>What was accepted is safe; drafts are not kept until the folder is opened again.</source>
        <translation>Angenommenes ist sicher; Entwürfe werden erst wieder aufbewahrt, wenn der Ordner erneut geöffnet wird.</translation>
    </message>
    <message>
        <source>Drafts in {path} cannot be understood ({reason}) and are left out. What was accepted is safe; the file is kept as {aside}.</source>
        <translation>Entwürfe in {path} sind nicht zu verstehen ({reason}) und fehlen hier. Angenommenes ist sicher; die Datei bleibt als {aside} erhalten.</translation>
    </message>
    <message>
        <source>Close every SAMDesk that has it open, then move it and all files whose names begin with {name}- away together. Put a backup in their place, or begin anew.</source>
        <translation>Schließen Sie jedes SAMDesk, das es geöffnet hat, und verschieben Sie es dann zusammen mit allen Dateien, deren Namen mit {name}- beginnen. Legen Sie eine Sicherung an ihre Stelle, oder beginnen Sie neu.</translation>
    </message>
    <message>
        <source>{copy} has what was annotated before the project was replaced by another while it was open. To go on with it, close SAMDesk, move project.db away and rename this file to that. Otherwise move it away.</source>
        <translation>{copy} enthält, was annotiert war, bevor das Projekt durch ein anderes ersetzt wurde, während es geöffnet war. Um damit weiterzuarbeiten, schließen Sie SAMDesk, verschieben Sie project.db und geben Sie dieser Datei deren Namen. Andernfalls verschieben Sie sie an einen anderen Ort.</translation>
    </message>
    <message>
        <source>The project seems to have been put back from a backup: changes to the one before it lay beside it, and are in {aside} now. You need them only with that one.</source>
        <translation>Das Projekt scheint aus einer Sicherung zu stammen: Daneben lagen Änderungen am vorherigen Projekt; sie sind jetzt in {aside}. Sie brauchen sie nur zusammen mit diesem.</translation>
    </message>
    <message>
        <source>The project {database} was replaced by another while it was open.</source>
        <translation>Das Projekt {database} wurde durch ein anderes ersetzt, während es geöffnet war.</translation>
    </message>
    <message>
        <source>Nothing was changed. What was annotated is safe in {copy}. Open the folder again to go on with what is there now.</source>
        <translation>Nichts wurde geändert. Was annotiert wurde, ist sicher in {copy}. Öffnen Sie den Ordner noch einmal, um mit dem weiterzuarbeiten, was jetzt dort ist.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>{path} has {width} x {height} pixels, and what was to be put on it was drawn on an image of another size.</source>
        <translation>{path} hat {width} x {height} Pixel, und was darauf kommen sollte, wurde auf einem Bild anderer Größe gezeichnet.</translation>
    </message>
    <message>
        <source>The project {database} was replaced by another while it was open, and what was annotated could not be kept beside it: {reason}.</source>
        <translation>Das Projekt {database} wurde durch ein anderes ersetzt, während es geöffnet war, und was annotiert wurde, ließ sich nicht daneben aufbewahren: {reason}.</translation>
    </message>
    <message>
        <source>Nothing was changed. Leave this window open, check the drive, the space and the rights of {folder}, and try again.</source>
        <translation>Nichts wurde geändert. Lassen Sie dieses Fenster offen, prüfen Sie das Laufwerk, den Platz und die Rechte von {folder}, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>the {key} of {name} is another one here, and stays</source>
        <translation>{key} von {name} ist hier anders und bleibt</translation>
    </message>
    <message>
        <source>{name} is not in the folder, or may be several images there</source>
        <translation>{name} ist nicht im Ordner, oder mehrere Bilder dort können gemeint sein</translation>
    </message>
    <message>
        <source>id {id} may be meant as in this project or as in a file that was imported into it; import that file and this one into a folder that SAMDesk has not opened yet</source>
        <translation>ID {id} kann wie in diesem Projekt gemeint sein oder wie in einer importierten Datei; importieren Sie jene Datei und diese in einen Ordner, den SAMDesk noch nicht geöffnet hat</translation>
    </message>
    <message>
        <source>its file is not in the folder</source>
        <translation>die Datei ist nicht im Ordner</translation>
    </message>
    <message>
        <source>it was {width} x {height} pixels when it was annotated and is {new_width} x {new_height} now</source>
        <translation>es hatte {width} x {height} Pixel, als es annotiert wurde, und hat jetzt {new_width} x {new_height}</translation>
    </message>
    <message>
        <source>its name has a backslash or begins like a drive; rename the file</source>
        <translation>der Name enthält einen umgekehrten Schrägstrich oder beginnt wie ein Laufwerk; benennen Sie die Datei um</translation>
    </message>
    <message>
        <source>Choose a COCO, results, SA-1B or LabelMe file.</source>
        <translation>Wählen Sie eine COCO-, Ergebnis-, SA-1B- oder LabelMe-Datei.</translation>
    </message>
    <message>
        <source>Unpack it, and choose what was in it.</source>
        <translation>Entpacken Sie sie, und wählen Sie, was darin war.</translation>
    </message>
    <message>
        <source>Save it in UTF-8.</source>
        <translation>Speichern Sie sie in UTF-8.</translation>
    </message>
    <message>
        <source>A failed download can leave one under the file&apos;s name; download it again.</source>
        <translation>Ein misslungener Download kann sie unter dem Namen der Datei hinterlassen; laden Sie die Datei noch einmal herunter.</translation>
    </message>
    <message>
        <source>Export it as COCO with the program that wrote it.</source>
        <translation>Exportieren Sie sie mit dem Programm, das sie geschrieben hat, als COCO.</translation>
    </message>
    <message>
        <source>Choose a COCO, results or LabelMe file. Of YOLO, choose the folder.</source>
        <translation>Wählen Sie eine COCO-, Ergebnis- oder LabelMe-Datei; bei YOLO den Ordner.</translation>
    </message>
    <message>
        <source>{name} is cut off: its end is missing, after line {line}.</source>
        <translation>{name} ist abgeschnitten: Das Ende fehlt, nach Zeile {line}.</translation>
    </message>
    <message>
        <source>{name} is an image, and no file of annotations.</source>
        <translation>{name} ist ein Bild und keine Datei mit Annotationen.</translation>
    </message>
    <message>
        <source>{name} is compressed.</source>
        <translation>{name} ist komprimiert.</translation>
    </message>
    <message>
        <source>{name} is text in UTF-16.</source>
        <translation>{name} ist Text in UTF-16.</translation>
    </message>
    <message>
        <source>{name} is no text, and so no JSON.</source>
        <translation>{name} ist kein Text und damit kein JSON.</translation>
    </message>
    <message>
        <source>{name} is a web page.</source>
        <translation>{name} ist eine Webseite.</translation>
    </message>
    <message>
        <source>{name} is XML, not JSON.</source>
        <translation>{name} ist XML, nicht JSON.</translation>
    </message>
    <message>
        <source>{name} is text, but not JSON.</source>
        <translation>{name} ist Text, aber kein JSON.</translation>
    </message>
    <message>
        <source>{name} is damaged, or its end is missing.</source>
        <translation>{name} ist beschädigt, oder das Ende fehlt.</translation>
    </message>
    <message>
        <source>Write it again with numbers in place of them.</source>
        <translation>Schreiben Sie sie noch einmal mit Zahlen an deren Stelle.</translation>
    </message>
    <message>
        <source>{name} has what is not allowed in JSON, such as NaN.</source>
        <translation>{name} enthält, was in JSON nicht erlaubt ist, etwa NaN.</translation>
    </message>
    <message>
        <source>{name} is damaged at line {line}.</source>
        <translation>{name} ist in Zeile {line} beschädigt.</translation>
    </message>
    <message>
        <source>has {count:,} entries, which are too many to be kept</source>
        <translation>hat {count:,} Einträge, zu viele zum Aufbewahren</translation>
    </message>
    <message>
        <source>names no image as its imagePath</source>
        <translation>nennt kein Bild als imagePath</translation>
    </message>
    <message>
        <source>cannot be read as JSON</source>
        <translation>lässt sich nicht als JSON lesen</translation>
    </message>
    <message>
        <source>no image is called like it, or several are</source>
        <translation>kein Bild heißt so, oder mehrere heißen so</translation>
    </message>
    <message>
        <source>is not the number of a class and then numbers</source>
        <translation>ist nicht die Nummer einer Klasse und danach Zahlen</translation>
    </message>
    <message>
        <source>Files and folders whose names a COCO file cannot have are left out ({count}): they are no Unicode, have a backslash or begin like a drive. Rename them to annotate them.</source>
        <translation>Dateien und Ordner, deren Namen eine COCO-Datei nicht enthalten kann, fehlen hier ({count}): Sie sind kein Unicode, enthalten einen umgekehrten Schrägstrich oder beginnen wie ein Laufwerk. Benennen Sie sie um, um sie zu annotieren.</translation>
    </message>
    <message>
        <source>knows fixed classes, takes no prompts; by Ultralytics 13.2 times smaller than its SAM-b file and 864 times faster on a CPU</source>
        <translation>kennt feste Klassen, keine Prompts; nach Ultralytics 13,2-mal kleiner als deren SAM-b-Datei und 864-mal schneller auf einer CPU</translation>
    </message>
    <message>
        <source>The {name} checkpoint could not be written: {reason}.</source>
        <translation>Der Checkpoint {name} ließ sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>Check the rights and the space of {folder}.</source>
        <translation>Prüfen Sie Rechte und Platz von {folder}.</translation>
    </message>
    <message>
        <source>the server ended the file too early</source>
        <translation>der Server hat die Datei zu früh beendet</translation>
    </message>
    <message>
        <source>the server answered {status}</source>
        <translation>der Server antwortete {status}</translation>
    </message>
    <message>
        <source>{shown} answered {status}</source>
        <translation>{shown} antwortete {status}</translation>
    </message>
    <message>
        <source>{shown} has {total:,} bytes where it should have {bytes:,}</source>
        <translation>{shown} hat {total:,} Bytes statt {bytes:,}</translation>
    </message>
    <message>
        <source>A page to log in to this network may be in between. {by_hand}</source>
        <translation>Vielleicht liegt eine Anmeldeseite dieses Netzes dazwischen. {by_hand}</translation>
    </message>
    <message>
        <source>{shown} sent more than it should</source>
        <translation>{shown} hat mehr gesendet, als es sollte</translation>
    </message>
    <message>
        <source>what {shown} sent is not the published file (its SHA-256 is another)</source>
        <translation>was {shown} gesendet hat, ist nicht die veröffentlichte Datei (ihre SHA-256 ist eine andere)</translation>
    </message>
    <message>
        <source>Try again; if that does not help: {by_hand}</source>
        <translation>Versuchen Sie es noch einmal; wenn das nicht hilft: {by_hand}</translation>
    </message>
    <message>
        <source>the certificate of {shown} cannot be verified</source>
        <translation>das Zertifikat von {shown} lässt sich nicht prüfen</translation>
    </message>
    <message>
        <source>If your institution inspects TLS, set SSL_CERT_FILE to its certificates. {by_hand}</source>
        <translation>Wenn Ihre Einrichtung TLS mitliest, setzen Sie SSL_CERT_FILE auf deren Zertifikate. {by_hand}</translation>
    </message>
    <message>
        <source>{shown} cannot be fetched ({reason})</source>
        <translation>{shown} ist nicht abrufbar ({reason})</translation>
    </message>
    <message>
        <source>the server does not answer</source>
        <translation>der Server antwortet nicht</translation>
    </message>
    <message>
        <source>there is no connection to the server ({reason})</source>
        <translation>es gibt keine Verbindung zum Server ({reason})</translation>
    </message>
    <message>
        <source>The {name} checkpoint has no address to download it from.</source>
        <translation>Der Checkpoint {name} hat keine Adresse, von der er zu laden wäre.</translation>
    </message>
    <message>
        <source>Put the file at {target}.</source>
        <translation>Legen Sie die Datei nach {target}.</translation>
    </message>
    <message>
        <source>Check the network and HTTPS_PROXY, and try again: what has arrived is kept. {by_hand}</source>
        <translation>Prüfen Sie das Netz und HTTPS_PROXY, und versuchen Sie es noch einmal: Was angekommen ist, bleibt. {by_hand}</translation>
    </message>
    <message>
        <source>Restart the computer; if that does not help, install the NVIDIA driver again.</source>
        <translation>Starten Sie den Rechner neu; wenn das nicht hilft, installieren Sie den NVIDIA-Treiber noch einmal.</translation>
    </message>
    <message>
        <source>Install a PyTorch that has: an older release for an older GPU, the newest for a new one.</source>
        <translation>Installieren Sie ein PyTorch, das ihn hat: ein älteres für eine ältere GPU, das neueste für eine neue.</translation>
    </message>
    <message>
        <source>The GPU {name} is not used: PyTorch (CUDA {cuda}) cannot start it.</source>
        <translation>Die GPU {name} wird nicht benutzt: PyTorch (CUDA {cuda}) kann sie nicht starten.</translation>
    </message>
    <message>
        <source>The GPU {name} is not used: this PyTorch has no code for its compute capability {shown}.</source>
        <translation>Die GPU {name} wird nicht benutzt: Dieses PyTorch hat keinen Code für ihre Compute Capability {shown}.</translation>
    </message>
    <message>
        <source>Install SAMDesk again: pip install --force-reinstall samdesk</source>
        <translation>Installieren Sie SAMDesk noch einmal: pip install --force-reinstall samdesk</translation>
    </message>
    <message>
        <source>The GPU {name} is not used, because the installed PyTorch can only use the CPU.</source>
        <translation>Die GPU {name} wird nicht benutzt, weil das installierte PyTorch nur die CPU benutzen kann.</translation>
    </message>
    <message>
        <source>Install the build for CUDA: {command}</source>
        <translation>Installieren Sie die Fassung für CUDA: {command}</translation>
    </message>
    <message>
        <source>The GPU {name} is not used: its driver {version} is too old for this PyTorch, which is built for CUDA {cuda}.</source>
        <translation>Die GPU {name} wird nicht benutzt: Ihr Treiber {version} ist zu alt für dieses PyTorch, das für CUDA {cuda} gebaut ist.</translation>
    </message>
    <message>
        <source>Update the NVIDIA driver to {needed} or newer.</source>
        <translation>Aktualisieren Sie den NVIDIA-Treiber auf {needed} oder neuer.</translation>
    </message>
    <message>
        <source>PyTorch cannot be imported ({reason}).</source>
        <translation>PyTorch lässt sich nicht laden ({reason}).</translation>
    </message>
    <message>
        <source>There is no checkpoint {name!r}.</source>
        <translation>Es gibt keinen Checkpoint {name!r}.</translation>
    </message>
    <message>
        <source>There are {names}.</source>
        <translation>Es gibt {names}.</translation>
    </message>
    <message>
        <source>Correct the file.</source>
        <translation>Berichtigen Sie die Datei.</translation>
    </message>
    <message>
        <source>Check its rights.</source>
        <translation>Prüfen Sie ihre Rechte.</translation>
    </message>
    <message>
        <source>{file} is not a list of entries.</source>
        <translation>{file} ist keine Liste von Einträgen.</translation>
    </message>
    <message>
        <source>Entry {number} of {file} {what}.</source>
        <translation>Eintrag {number} von {file} {what}.</translation>
    </message>
    <message>
        <source>has no name</source>
        <translation>hat keinen Namen</translation>
    </message>
    <message>
        <source>has the kind {kind!r}, which is none</source>
        <translation>hat die Art {kind!r}, die es nicht gibt</translation>
    </message>
    <message>
        <source>needs either a url or a path</source>
        <translation>braucht entweder eine Adresse (url) oder einen Pfad (path)</translation>
    </message>
    <message>
        <source>has bytes that are no number</source>
        <translation>hat „bytes“, die keine Zahl sind</translation>
    </message>
    <message>
        <source>has a sha256 that is none</source>
        <translation>hat ein „sha256“, das keines ist</translation>
    </message>
    <message>
        <source>{file} cannot be written: {reason}.</source>
        <translation>{file} lässt sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>{file} cannot be read: {reason}.</source>
        <translation>{file} ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>full</source>
        <translation>voller</translation>
    </message>
    <message>
        <source>half</source>
        <translation>halber</translation>
    </message>
    <message>
        <source>{name} needs {needed} in {words} precision and {free} are free.</source>
        <translation>{name} braucht {needed} in {words} Genauigkeit, und {free} sind frei.</translation>
    </message>
    <message>
        <source>{name} needs {needed} and {free} are free.</source>
        <translation>{name} braucht {needed}, und {free} sind frei.</translation>
    </message>
    <message>
        <source>it needs {needed} of memory and {free} are free</source>
        <translation>er braucht {needed} Speicher, und {free} sind frei</translation>
    </message>
    <message>
        <source>{size:g} GB</source>
        <translation>{size:g} GB</translation>
    </message>
    <message>
        <source>it needs {needed} in {words} precision and {free} are free.</source>
        <translation>er braucht {needed} in {words} Genauigkeit, und {free} sind frei.</translation>
    </message>
    <message>
        <source>{name}: {rule}; {fit}</source>
        <translation>{name}: {rule}; {fit}</translation>
    </message>
    <message>
        <source>{free} of this GPU are free and ARR-COC takes {name} {limit}</source>
        <translation>{free} dieser GPU sind frei, und ARR-COC nimmt {name} {limit}</translation>
    </message>
    <message>
        <source>the GPU&apos;s memory ({total}, {free} free) does not hold a checkpoint</source>
        <translation>der Speicher der GPU ({total}, {free} frei) fasst keinen Checkpoint</translation>
    </message>
    <message>
        <source>{name} on the CPU: {why}; expect seconds per image; {memory}.</source>
        <translation>{name} auf der CPU: {why}; rechnen Sie mit Sekunden je Bild; {memory}.</translation>
    </message>
    <message>
        <source>{name} would need {more} and {free} are free; {smaller} needs {needed}.</source>
        <translation>{name} bräuchte {more}, und {free} sind frei; {smaller} braucht {needed}.</translation>
    </message>
    <message>
        <source>from {least} free</source>
        <translation>ab {least} frei</translation>
    </message>
    <message>
        <source>below {least} free</source>
        <translation>unter {least} frei</translation>
    </message>
    <message>
        <source>PyTorch cannot use this machine&apos;s GPU</source>
        <translation>PyTorch kann die GPU dieses Rechners nicht benutzen</translation>
    </message>
    <message>
        <source>this machine has no GPU for it</source>
        <translation>dieser Rechner hat keine GPU dafür</translation>
    </message>
    <message>
        <source>for {least} and more</source>
        <translation>ab {least}</translation>
    </message>
    <message>
        <source>for {least} to {most}</source>
        <translation>für {least} bis {most}</translation>
    </message>
    <message>
        <source>this GPU has {total}; the guide gives {name} {span}</source>
        <translation>diese GPU hat {total}; der Leitfaden gibt {name} {span}</translation>
    </message>
    <message>
        <source>It runs unconverted, which is slower.</source>
        <translation>Er läuft unverwandelt, was langsamer ist.</translation>
    </message>
    <message>
        <source>Choose the checkpoint again.</source>
        <translation>Wählen Sie den Checkpoint noch einmal.</translation>
    </message>
    <message>
        <source>Close other programs; until then it runs unconverted, which is slower.</source>
        <translation>Schließen Sie andere Programme; bis dahin läuft er unverwandelt, was langsamer ist.</translation>
    </message>
    <message>
        <source>{name} could not be converted for this processor ({reason}).</source>
        <translation>{name} ließ sich nicht für diesen Prozessor umwandeln ({reason}).</translation>
    </message>
    <message>
        <source>Free some space; until then it runs unconverted, which is slower.</source>
        <translation>Schaffen Sie Platz; bis dahin läuft er unverwandelt, was langsamer ist.</translation>
    </message>
    <message>
        <source>Free some space or set SAMDESK_HOME; until then it runs unconverted, which is slower.</source>
        <translation>Schaffen Sie Platz, oder setzen Sie SAMDESK_HOME; bis dahin läuft er unverwandelt, was langsamer ist.</translation>
    </message>
    <message>
        <source>{name} was changed while it was converted.</source>
        <translation>{name} wurde geändert, während er umgewandelt wurde.</translation>
    </message>
    <message>
        <source>There was not enough memory to convert {name} for this processor.</source>
        <translation>Der Speicher reichte nicht, um {name} für diesen Prozessor umzuwandeln.</translation>
    </message>
    <message>
        <source>Converting {name} for this processor takes {needed:.1f} GB on the disk of {cache}, and {free:.1f} GB are free.</source>
        <translation>{name} für diesen Prozessor umzuwandeln braucht {needed:.1f} GB auf dem Datenträger von {cache}, und {free:.1f} GB sind frei.</translation>
    </message>
    <message>
        <source>The converted checkpoint cannot be written to {cache}: {reason}.</source>
        <translation>Der umgewandelte Checkpoint lässt sich nicht nach {cache} schreiben: {reason}.</translation>
    </message>
    <message>
        <source>Choose another one in the Checkpoint menu.</source>
        <translation>Wählen Sie im Menü „Checkpoint“ ein anderes.</translation>
    </message>
    <message>
        <source>PyTorch runs it, which is slower.</source>
        <translation>PyTorch führt ihn aus, was langsamer ist.</translation>
    </message>
    <message>
        <source>The device {device} is not there.</source>
        <translation>Das Gerät {device} ist nicht da.</translation>
    </message>
    <message>
        <source>{name} is a {checkpoint} checkpoint, not the one asked for ({wanted}).</source>
        <translation>{name} ist ein Checkpoint {checkpoint}, nicht der verlangte ({wanted}).</translation>
    </message>
    <message>
        <source>Choose {checkpoint}, or another file.</source>
        <translation>Wählen Sie {checkpoint} oder eine andere Datei.</translation>
    </message>
    <message>
        <source>OpenVINO cannot run {name} here ({reason}).</source>
        <translation>OpenVINO kann {name} hier nicht ausführen ({reason}).</translation>
    </message>
    <message>
        <source>There is not enough memory for this checkpoint.</source>
        <translation>Der Speicher reicht nicht für diesen Checkpoint.</translation>
    </message>
    <message>
        <source>Choose a smaller checkpoint, or close other programs.</source>
        <translation>Wählen Sie einen kleineren Checkpoint, oder schließen Sie andere Programme.</translation>
    </message>
    <message>
        <source>Download it again, or use the published file.</source>
        <translation>Laden Sie die Datei noch einmal, oder nehmen Sie die veröffentlichte.</translation>
    </message>
    <message>
        <source>{name} looks like {checkpoint} but some of its tensors are missing or of another shape.</source>
        <translation>{name} sieht nach {checkpoint} aus, aber einige Tensoren fehlen oder haben eine andere Form.</translation>
    </message>
    <message>
        <source>The GPU stopped answering.</source>
        <translation>Die GPU antwortet nicht mehr.</translation>
    </message>
    <message>
        <source>Start SAMDesk again to use it.</source>
        <translation>Starten Sie SAMDesk neu, um sie zu benutzen.</translation>
    </message>
    <message>
        <source>Move it away, or name another.</source>
        <translation>Verschieben Sie sie, oder nennen Sie eine andere.</translation>
    </message>
    <message>
        <source>Update SAMDesk to open this folder.</source>
        <translation>Aktualisieren Sie SAMDesk, um diesen Ordner zu öffnen.</translation>
    </message>
    <message>
        <source>Close the other SAMDesk that holds it; opening it for writing updates it.</source>
        <translation>Schließen Sie das andere SAMDesk, das sie offen hat; beim Öffnen zum Schreiben wird sie aktualisiert.</translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation>Prüfen Sie den Pfad.</translation>
    </message>
    <message>
        <source>Annotate at least one image first.</source>
        <translation>Annotieren Sie zuerst mindestens ein Bild.</translation>
    </message>
    <message>
        <source>This project is open read-only.</source>
        <translation>Dieses Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Open the folder again.</source>
        <translation>Öffnen Sie den Ordner noch einmal.</translation>
    </message>
    <message>
        <source>Check the rights and the space on that disk.</source>
        <translation>Prüfen Sie Rechte und Platz auf diesem Datenträger.</translation>
    </message>
    <message>
        <source>{database} is a database of another program.</source>
        <translation>{database} ist die Datenbank eines anderen Programms.</translation>
    </message>
    <message>
        <source>This folder is on a network drive; SAMDesk writes in a slower, safe way there. Let only one computer annotate it at a time.</source>
        <translation>Dieser Ordner liegt auf einem Netzlaufwerk; SAMDesk schreibt dort langsamer, aber sicher. Lassen Sie immer nur einen Rechner darin annotieren.</translation>
    </message>
    <message>
        <source>{database} was written by a newer SAMDesk.</source>
        <translation>{database} wurde von einem neueren SAMDesk geschrieben.</translation>
    </message>
    <message>
        <source>{database} was written by an older SAMDesk.</source>
        <translation>{database} wurde von einem älteren SAMDesk geschrieben.</translation>
    </message>
    <message>
        <source>There is no folder {folder}.</source>
        <translation>Es gibt keinen Ordner {folder}.</translation>
    </message>
    <message>
        <source>{folder} has no SAMDesk project yet.</source>
        <translation>{folder} hat noch kein Projekt von SAMDesk.</translation>
    </message>
    <message>
        <source>There is no {table} {id} to change.</source>
        <translation>Es gibt in {table} keinen Eintrag {id} zu ändern.</translation>
    </message>
    <message>
        <source>The project folder {folder} cannot be written: {reason}.</source>
        <translation>Der Projektordner {folder} lässt sich nicht beschreiben: {reason}.</translation>
    </message>
    <message>
        <source>This folder cannot be written; its annotations are kept in {database}.</source>
        <translation>Dieser Ordner lässt sich nicht beschreiben; seine Annotationen liegen in {database}.</translation>
    </message>
    <message>
        <source>Another SAMDesk has this folder open; here it can only be looked at. Close the other one and open the folder again to annotate.</source>
        <translation>Ein anderes SAMDesk hat diesen Ordner offen; hier lässt er sich nur ansehen. Schließen Sie das andere, und öffnen Sie den Ordner noch einmal, um zu annotieren.</translation>
    </message>
    <message>
        <source>The project {database} cannot be opened: {reason}.</source>
        <translation>Das Projekt {database} lässt sich nicht öffnen: {reason}.</translation>
    </message>
    <message>
        <source>The project could not be written: {reason}.</source>
        <translation>Das Projekt ließ sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>A split looks like train=0.8,val=0.2.</source>
        <translation>Eine Aufteilung sieht aus wie train=0.8,val=0.2.</translation>
    </message>
    <message>
        <source>A name occurs twice in {text!r}.</source>
        <translation>In {text!r} kommt ein Name zweimal vor.</translation>
    </message>
    <message>
        <source>The fractions of {text!r} add up to {total:g}, not 1.</source>
        <translation>Die Anteile von {text!r} ergeben {total:g}, nicht 1.</translation>
    </message>
    <message>
        <source>{part!r} is not a name and a fraction.</source>
        <translation>{part!r} ist nicht ein Name mit einem Anteil.</translation>
    </message>
    <message>
        <source>{reason} near {place}</source>
        <translation>{reason} bei {place}</translation>
    </message>
    <message>
        <source>states no image</source>
        <translation>nennt kein Bild</translation>
    </message>
    <message>
        <source>states no category</source>
        <translation>nennt keine Kategorie</translation>
    </message>
    <message>
        <source>{where}: {reason}</source>
        <translation>{where}: {reason}</translation>
    </message>
    <message>
        <source>has the mask and category of {other}</source>
        <translation>hat Maske und Kategorie von {other}</translation>
    </message>
    <message>
        <source>this project has no image {id}</source>
        <translation>dieses Projekt hat kein Bild {id}</translation>
    </message>
    <message>
        <source>there is no image {id}</source>
        <translation>es gibt kein Bild {id}</translation>
    </message>
    <message>
        <source>this project has no category {id}</source>
        <translation>dieses Projekt hat keine Kategorie {id}</translation>
    </message>
    <message>
        <source>there is no category {id}</source>
        <translation>es gibt keine Kategorie {id}</translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation>Kopieren Sie sie noch einmal.</translation>
    </message>
    <message>
        <source>Check the path and its rights.</source>
        <translation>Prüfen Sie den Pfad und seine Rechte.</translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>noch nicht gelesen</translation>
    </message>
    <message>
        <source>{path} has {width} x {height} pixels, stated are {stated_width} x {stated_height}</source>
        <translation>{path} hat {width} x {height} Pixel, angegeben sind {stated_width} x {stated_height}</translation>
    </message>
    <message>
        <source>{differs}; its masks were drawn without regard to EXIF orientation</source>
        <translation>{differs}; seine Masken wurden ohne Rücksicht auf die EXIF-Ausrichtung gezeichnet</translation>
    </message>
    <message>
        <source>{width} x {height} pixels are more than masks can have</source>
        <translation>{width} x {height} Pixel sind mehr, als Masken haben können</translation>
    </message>
    <message>
        <source>{path} has another size than when it was annotated</source>
        <translation>{path} hat eine andere Größe als zu der Zeit, als es annotiert wurde</translation>
    </message>
    <message>
        <source>its segmentation is neither polygons nor RLE</source>
        <translation>ihre Segmentierung ist weder Polygone noch RLE</translation>
    </message>
    <message>
        <source>has neither a segmentation nor a box</source>
        <translation>hat weder eine Segmentierung noch einen Rahmen</translation>
    </message>
    <message>
        <source>its box lies outside the image</source>
        <translation>ihr Rahmen liegt außerhalb des Bildes</translation>
    </message>
    <message>
        <source>The file cannot be read to its end: {reason}.</source>
        <translation>Die Datei ist nicht bis zum Ende lesbar: {reason}.</translation>
    </message>
    <message>
        <source>The file cannot be read: {reason}.</source>
        <translation>Die Datei ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>its image, {where}, cannot be used</source>
        <translation>ihr Bild, {where}, ist nicht verwendbar</translation>
    </message>
    <message>
        <source>has no file_name</source>
        <translation>hat keinen file_name</translation>
    </message>
    <message>
        <source>{path} is not in the folder</source>
        <translation>{path} ist nicht im Ordner</translation>
    </message>
    <message>
        <source>{path} is not in the folder, and its size is not stated</source>
        <translation>{path} ist nicht im Ordner, und seine Größe ist nicht angegeben</translation>
    </message>
    <message>
        <source>its image {path} cannot be read</source>
        <translation>ihr Bild {path} ist nicht lesbar</translation>
    </message>
    <message>
        <source>is not an object</source>
        <translation>ist kein Objekt</translation>
    </message>
    <message>
        <source>has no id</source>
        <translation>hat keine id</translation>
    </message>
    <message>
        <source>id {id} occurs twice</source>
        <translation>die id {id} kommt zweimal vor</translation>
    </message>
    <message>
        <source>cannot be part of annotation {id}</source>
        <translation>kann kein Teil von Annotation {id} sein</translation>
    </message>
    <message>
        <source>annotation {id}</source>
        <translation>Annotation {id}</translation>
    </message>
    <message>
        <source>{problem} and is left out</source>
        <translation>{problem} und wird weggelassen</translation>
    </message>
    <message>
        <source>its category, {where}, has no name</source>
        <translation>ihre Kategorie, {where}, hat keinen Namen</translation>
    </message>
    <message>
        <source>its mask has no pixels</source>
        <translation>ihre Maske hat keine Pixel</translation>
    </message>
    <message>
        <source>The project of this folder may not be written; it can only be looked at. Ask for the right to write to {folder} to annotate.</source>
        <translation>Das Projekt dieses Ordners darf nicht geschrieben werden; es kann nur angesehen werden. Lassen Sie sich zum Annotieren das Recht geben, in {folder} zu schreiben.</translation>
    </message>
    <message>
        <source>What was accepted is safe. Check the space and the rights there.</source>
        <translation>Angenommenes ist sicher. Prüfen Sie dort den Platz und die Rechte.</translation>
    </message>
    <message>
        <source>Drafts could not be kept in {path}: {reason}.</source>
        <translation>Entwürfe konnten nicht in {path} aufbewahrt werden: {reason}.</translation>
    </message>
    <message>
        <source>The drafts in {path} cannot be read: {reason}.</source>
        <translation>Die Entwürfe in {path} sind nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>Have locks turned on for that drive, or move the images to another one.</source>
        <translation>Lassen Sie Sperren für dieses Laufwerk einschalten, oder legen Sie die Bilder auf ein anderes.</translation>
    </message>
    <message>
        <source>What is stored is not what was expected. Open the folder again.</source>
        <translation>Gespeichert ist etwas anderes, als erwartet wurde. Öffnen Sie den Ordner erneut.</translation>
    </message>
    <message>
        <source>Another program is using {database}. Try again once it has finished.</source>
        <translation>Ein anderes Programm benutzt gerade {database}. Versuchen Sie es erneut, sobald es fertig ist.</translation>
    </message>
    <message>
        <source>Check the drive, the space and the rights of {folder}.</source>
        <translation>Prüfen Sie Laufwerk, Platz und Rechte von {folder}.</translation>
    </message>
    <message>
        <source>The drive of {folder} cannot lock files, so two programs could write at once.</source>
        <translation>Das Laufwerk von {folder} kann keine Dateien sperren, sodass zwei Programme zugleich schreiben könnten.</translation>
    </message>
    <message>
        <source>It was left as it is. {remedy}</source>
        <translation>Es blieb, wie es ist. {remedy}</translation>
    </message>
    <message>
        <source>The project {database} cannot be read: {reason}.</source>
        <translation>Das Projekt {database} kann nicht gelesen werden: {reason}.</translation>
    </message>
    <message>
        <source>Nothing was changed. {remedy}</source>
        <translation>Nichts wurde geändert. {remedy}</translation>
    </message>
    <message>
        <source>Open the folder again once no other SAMDesk holds it and it may be written.</source>
        <translation>Öffnen Sie den Ordner erneut, sobald kein anderes SAMDesk ihn offen hat und er geschrieben werden darf.</translation>
    </message>
    <message>
        <source>Nothing was changed. Put it back, or open it at its new place.</source>
        <translation>Es wurde nichts geändert. Legen Sie ihn zurück, oder öffnen Sie ihn an seinem neuen Ort.</translation>
    </message>
    <message>
        <source>Open the folder again; what was annotated here is kept beside it then.</source>
        <translation>Öffnen Sie den Ordner noch einmal; was hier annotiert wurde, wird dann daneben aufbewahrt.</translation>
    </message>
    <message>
        <source>The folder {folder} is gone: it was moved or removed, or its drive is off.</source>
        <translation>Der Ordner {folder} ist fort: verschoben, entfernt, oder sein Laufwerk ist aus.</translation>
    </message>
    <message>
        <source>Something was stored in the project since the file was read.</source>
        <translation>Im Projekt wurde etwas gespeichert, seit die Datei gelesen wurde.</translation>
    </message>
    <message>
        <source>Read the file again.</source>
        <translation>Lesen Sie die Datei noch einmal.</translation>
    </message>
    <message>
        <source>Choose a file outside of that folder, or export without the images.</source>
        <translation>Wählen Sie eine Datei außerhalb dieses Ordners, oder exportieren Sie ohne die Bilder.</translation>
    </message>
    <message>
        <source>{beside} is in the folder that is annotated; copies there would be images of it.</source>
        <translation>{beside} liegt im annotierten Ordner; Kopien dort wären Bilder von ihm.</translation>
    </message>
    <message>
        <source>Check the folder, its rights and the space on that disk.</source>
        <translation>Prüfen Sie den Ordner, seine Rechte und den Platz auf diesem Datenträger.</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>Wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{path} cannot be placed in {beside}: {reason}.</source>
        <translation>{path} lässt sich nicht in {beside} ablegen: {reason}.</translation>
    </message>
    <message>
        <source>There is another file {target} already.</source>
        <translation>Es gibt schon eine andere Datei {target}.</translation>
    </message>
    <message>
        <source>RLE is damaged: the run lengths do not add up to the size</source>
        <translation>die RLE ist beschädigt: ihre Lauflängen ergeben zusammen nicht die Größe</translation>
    </message>
    <message>
        <source>RLE has size {stated}, the image has {size}</source>
        <translation>die RLE hat die Größe {stated}, das Bild {size}</translation>
    </message>
    <message>
        <source>RLE has no counts</source>
        <translation>die RLE hat keine counts</translation>
    </message>
    <message>
        <source>polygon {number} is not a list of numbers</source>
        <translation>Polygon {number} ist keine Liste von Zahlen</translation>
    </message>
    <message>
        <source>polygon {number} has {numbers} numbers; at least 3 points are needed</source>
        <translation>Polygon {number} hat {numbers} Zahlen; nötig sind mindestens 3 Punkte</translation>
    </message>
    <message>
        <source>polygon {number} reaches outside the image</source>
        <translation>Polygon {number} reicht aus dem Bild hinaus</translation>
    </message>
    <message>
        <source>COCO, results and LabelMe files are read.</source>
        <translation>Gelesen werden Dateien von COCO, Ergebnisse und LabelMe.</translation>
    </message>
    <message>
        <source>A YOLO folder has labels/*.txt; a LabelMe folder has a JSON file per image.</source>
        <translation>Ein YOLO-Ordner hat labels/*.txt; ein LabelMe-Ordner hat eine JSON-Datei je Bild.</translation>
    </message>
    <message>
        <source>{path} has neither images nor annotations.</source>
        <translation>{path} hat weder Bilder noch Annotationen.</translation>
    </message>
    <message>
        <source>There are no LabelMe or YOLO annotations in {path}.</source>
        <translation>In {path} sind keine Annotationen von LabelMe oder YOLO.</translation>
    </message>
    <message>
        <source>It may be half-written; write or copy it again.</source>
        <translation>Sie ist vielleicht halb geschrieben; schreiben oder kopieren Sie sie noch einmal.</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>{path} ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
        <source>is not a list</source>
        <translation>ist keine Liste</translation>
    </message>
    <message>
        <source>is missing</source>
        <translation>fehlt</translation>
    </message>
    <message>
        <source>It names the classes; correct it.</source>
        <translation>Sie nennt die Klassen; berichtigen Sie sie.</translation>
    </message>
    <message>
        <source>Only polygons can be simplified.</source>
        <translation>Nur Polygone lassen sich vereinfachen.</translation>
    </message>
    <message>
        <source>Export as polygons, or do not simplify.</source>
        <translation>Exportieren Sie Polygone, oder vereinfachen Sie nicht.</translation>
    </message>
    <message>
        <source>{at} cannot be written: {reason}.</source>
        <translation>{at} lässt sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>This is a defect of SAMDesk; your annotations are safe.</source>
        <translation>Das ist ein Fehler von SAMDesk; Ihre Annotationen sind sicher.</translation>
    </message>
    <message>
        <source>The file did not pass its own check ({problem}) and was not put in place.</source>
        <translation>Die Datei bestand ihre eigene Prüfung nicht ({problem}) und wurde nicht abgelegt.</translation>
    </message>
    <message>
        <source>Put the former file back; its annotations are kept.</source>
        <translation>Legen Sie die frühere Datei zurück; ihre Annotationen bleiben.</translation>
    </message>
    <message>
        <source>{path} was {width} x {height} pixels when it was annotated and is {new_width} x {new_height} now.</source>
        <translation>{path} hatte {width} x {height} Pixel, als es annotiert wurde, und hat jetzt {new_width} x {new_height}.</translation>
    </message>
    <message>
        <source>The embedding has values that are too large to be kept.</source>
        <translation>Das Embedding hat Werte, die zu groß sind, um aufbewahrt zu werden.</translation>
    </message>
    <message>
        <source>Use --precision exact.</source>
        <translation>Nehmen Sie --precision exact.</translation>
    </message>
    <message>
        <source>Built-in (no checkpoint)</source>
        <translation>Eingebaut (ohne Checkpoint)</translation>
    </message>
    <message>
        <source>about 110 ms a mask</source>
        <translation>etwa 110 ms je Maske</translation>
    </message>
    <message>
        <source>8 to 12 GB</source>
        <translation>8 bis 12 GB</translation>
    </message>
    <message>
        <source>best quality, production, research, medical</source>
        <translation>beste Güte, Produktion, Forschung, Medizin</translation>
    </message>
    <message>
        <source>about 80 ms a mask</source>
        <translation>etwa 80 ms je Maske</translation>
    </message>
    <message>
        <source>6 to 8 GB</source>
        <translation>6 bis 8 GB</translation>
    </message>
    <message>
        <source>balanced, interactive annotation</source>
        <translation>ausgewogen, interaktives Annotieren</translation>
    </message>
    <message>
        <source>about 50 ms a mask</source>
        <translation>etwa 50 ms je Maske</translation>
    </message>
    <message>
        <source>3 to 4 GB</source>
        <translation>3 bis 4 GB</translation>
    </message>
    <message>
        <source>edge, real time, prototyping</source>
        <translation>kleine Geräte, Echtzeit, Prototypen</translation>
    </message>
    <message>
        <source>takes prompts</source>
        <translation>nimmt Prompts an</translation>
    </message>
    <message>
        <source>knows fixed classes, takes no prompts</source>
        <translation>kennt feste Klassen, keine Prompts</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Deutsch</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Fill of masks</source>
        <translation>Füllung der Masken</translation>
    </message>
    <message>
        <source>100 is the usual strength.</source>
        <translation>100 ist die übliche Stärke.</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Outlines alone</source>
        <translation>Nur Umrisse</translation>
    </message>
    <message>
        <source>Encode in the background</source>
        <translation>Im Hintergrund encodieren</translation>
    </message>
    <message>
        <source>Prepares images ahead, so that clicks are answered at once.</source>
        <translation>Bereitet Bilder vor, damit Klicks sofort beantwortet werden.</translation>
    </message>
    <message>
        <source>Images prepared around the one on screen</source>
        <translation>Vorbereitete Bilder um das gezeigte</translation>
    </message>
    <message>
        <source>These come first; then the rest of the folder.</source>
        <translation>Diese kommen zuerst, dann der Rest des Ordners.</translation>
    </message>
    <message>
        <source>Largest image</source>
        <translation>Größtes Bild</translation>
    </message>
    <message>
        <source>Larger ones are refused before they fill the memory.</source>
        <translation>Größere werden abgelehnt, bevor sie den Speicher füllen.</translation>
    </message>
    <message>
        <source>megapixels</source>
        <translation>Megapixel</translation>
    </message>
    <message>
        <source>Memory for embeddings</source>
        <translation>Speicher für Embeddings</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>Memory for images</source>
        <translation>Speicher für Bilder</translation>
    </message>
    <message>
        <source>Disk for embeddings</source>
        <translation>Platte für Embeddings</translation>
    </message>
    <message>
        <source>Automatic is 20 GB, or a tenth of what is free, the smaller.</source>
        <translation>Automatisch heißt 20 GB oder ein Zehntel des freien Platzes, je nachdem, was kleiner ist.</translation>
    </message>
    <message>
        <source>GB</source>
        <translation>GB</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Folder for embeddings</source>
        <translation>Ordner für Embeddings</translation>
    </message>
    <message>
        <source>Empty is this computer&apos;s place for caches. Several computers may share a folder.</source>
        <translation>Leer heißt: wo dieser Rechner Caches ablegt. Mehrere Rechner können sich einen Ordner teilen.</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>no masks</source>
        <translation>keine Masken</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>Looking for images…</source>
        <translation>Bilder werden gesucht …</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Wird geschrieben …</translation>
    </message>
    <message>
        <source>Reading back and checking…</source>
        <translation>Wird zurückgelesen und geprüft …</translation>
    </message>
    <message>
        <source>Storing…</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>Placing image files…</source>
        <translation>Bilddateien werden abgelegt …</translation>
    </message>
    <message>
        <source>less than a minute left</source>
        <translation>noch weniger als eine Minute</translation>
    </message>
    <message>
        <source>about {0} min left</source>
        <translation>noch etwa {0} min</translation>
    </message>
    <message>
        <source>about {0} h left</source>
        <translation>noch etwa {0} h</translation>
    </message>
    <message>
        <source>about {0} days left</source>
        <translation>noch etwa {0} Tage</translation>
    </message>
</context>
</TS>
