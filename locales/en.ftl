# English. Every sentence that somebody reads, for the page and for the rest of the program.
#
# A code of `studio::message` is told by the message of that name; what stands in braces are
# its parameters. Names with a hyphen are the page's own; those that begin
# with `dialog-` or `frame-` are asked for by the program's other side. A translation is a file beside this
# one with the same names (docs/architecture.md, "A language").

## A sentence that is not ours

said = { $text }
unknown = A newer Inbetween noted something here that this one has no words for ({ $unknown }).
internal = Something went wrong inside Inbetween: { $error }. Try again; if it happens once more, use Copy report in Settings.

brokeOff = Something went wrong inside Inbetween. Try again; if it happens once more, use Copy report in Settings.

## Times

clock-of-another-day = { $time } on { $day }

## Why a clip waits

signedOut = Waiting for an Apiframe key. It continues once you're signed in.
offline = No connection to Apiframe. Retrying automatically; nothing is lost.
hostNotFound = { $host } was not found. Check the internet connection, and the VPN or filter if this computer uses one.
connectionInspected = A program or network in between reads secure connections to { $host }, and this computer does not trust its certificate. Antivirus programs and company networks do this: install their certificate on this computer, or exempt { $host }.
certificateRejected = { $host } could not prove its identity, so nothing was sent. Check whether this network wants you to sign in first, or something in between reads secure connections.
clockWrong = Secure connections fail because of the date: this computer's clock says { $clock }. Set it right.
proxySilent = The proxy { $proxy }, which this computer is set to use, does not answer. Check that it is running, or change the proxy settings.
proxyRefused = The proxy { $proxy } does not let requests through to { $host }. Check the proxy settings, or ask whoever runs it to allow { $host }.
proxyPassword = The proxy { $proxy } asks for a name and a password. Start Inbetween with HTTPS_PROXY set to http://name:password@{ $proxy }.
clipServerUnreached = Not sent yet: finished clips could not be fetched from { $host } just now. Trying again automatically; you were not charged.
stepBroke = Something went wrong inside Inbetween. Retrying automatically; nothing is lost. If it stays like this, use Copy report in Settings.
answerLost = Apiframe's answer was lost. Asking for the same job again; it can't be charged twice.
keyRefusedWhileRendering = Apiframe no longer accepts the key. Replace it in Settings and this continues automatically.
downloadBroke = The connection broke. The download continues where it stopped.
addressFailed = The clip did not come from its address. Asking Apiframe for another one; nothing is lost.
jobForbidden = Apiframe does not show this job to your key. If it was made with another key, sign in with that one. Asking again automatically; nothing is lost.
jobNotFound = Apiframe does not find this job just now. Asking again automatically; nothing is lost.
newerSettings = It was made in a newer Inbetween, with settings that this one does not know. Update Inbetween and it continues automatically.
answeredInBetween = Something between this computer and Apiframe answers in its place, the sign-in page of a network perhaps. Retrying automatically; nothing is lost.
serverTrouble = Apiframe is having trouble just now. Retrying automatically; nothing is lost.
shortPause = Apiframe asks for a short pause. It continues automatically.
pause = Apiframe asks for a pause of { $seconds } s. It continues automatically.
pauseUntil = Apiframe asks for a pause. It continues automatically at { CLOCK($at) }.
clipPause = The server that holds the clip asks for a pause of { $seconds } s. It continues automatically.
clipServerTrouble = The server that holds the clip is having trouble just now. Retrying automatically; nothing is lost.
clipsFolderGone = The clips folder { $folder } is not there. Connect its drive or put it back, or choose another in Settings. Clips wait until then.
clipsFolderSilent = The clips folder { $folder } does not answer. Check its drive or the network it is on, or choose another in Settings. Clips wait until then.
clipsDiskFull = The disk with { $folder } is full. Free some space and the download continues.
clipsFolderClosed = Inbetween is not allowed to write to { $folder }. Allow it, or choose another clips folder in Settings.
clipNotWritten = The clip can't be written to { $folder } ({ $error }). Check the folder, or choose another in Settings.
priceUnknown = Waiting: the price of this clip is not known, so your spending limit can't be checked. It continues once the price is known, or when you remove the limit in Settings.
limitTooLow = Waiting: this clip may cost { $price ->
    [one] 1 credit
   *[other] { $price } credits
  }, more than your limit of { $limit } a { $span ->
    [day] day
   *[month] month
  }. It continues when you raise the limit in Settings.
limitReached = Waiting: { $span ->
    [day] today's
   *[month] this month's
  } limit of { $limit ->
    [one] 1 credit
   *[other] { $limit } credits
  } is reached. It continues { $span ->
    [day] tomorrow
   *[month] from { DAY($from) }
  }, or when you raise the limit.
limitNearlyReached = Waiting: this clip may cost { $price ->
    [one] 1 credit
   *[other] { $price } credits
  }, and { $span ->
    [day] today's
   *[month] this month's
  } limit of { $limit } leaves { $left }. It continues { $span ->
    [day] tomorrow
   *[month] from { DAY($from) }
  }, or when you raise the limit.

## Why there is no clip

reasonNotStored = It ended without a clip, and the reason was not stored.
entryNotSent = Part of this entry can't be read, so it was not sent. Check its settings and generate it again.
cancelled = Cancelled before it was sent.
frameMissing = { $field ->
    [start] The picture of the start frame
    [end] The picture of the end frame
   *[references] A reference picture
  } is no longer in the library. Add it again.
pictureRefused = Apiframe did not take { $field ->
    [start] the picture of the start frame
    [end] the picture of the end frame
   *[references] a reference picture
  }: { $said }
fieldRefused = Apiframe refused the { $field ->
    [model] model
    [start] start frame
    [end] end frame
    [references] reference pictures
    [prompt] prompt
    [shots] shots
    [quality] quality
    [shape] shape
    [length] length
    [sound] sound
   *[avoid] avoid
  }: { $said }
requestRefused = Apiframe refused the request: { $said }
requestNotTaken = Apiframe did not take the request: { $said }
keyRefused = Apiframe did not accept the key. Replace it in Settings, then try again.
keyForbidden = Apiframe did not allow it with this key: { $said }
noCredits = This clip needs { $needed ->
    [one] 1 credit
   *[other] { $needed } credits
  } and { $left ->
    [one] 1 is
   *[other] { $left } are
  } left. Add credits, then try again.
notEnoughCredits = There are not enough credits for this clip. Add credits, then try again.
fateUnknown = Apiframe's answer to this request never arrived, and its job list does not show it. It may have been charged. Check again, or submit it again and pay for it.
fateUnknownAfterRescue = The library was damaged and an older copy of it was used, from before this was sent. Check whether Apiframe has it, or submit it again.
jobFailed = The model could not make this clip. Change the prompt or the frames, or try again.
jobFailedBecause = The model could not make this clip: { $said }
jobCancelled = The job was cancelled at Apiframe.
clipExpired = Apiframe deleted this clip before it could be saved here: it keeps clips for a day.
noResult = Apiframe says the clip is finished but does not say where it is. Try to fetch it again.
jobUnknown = Apiframe does not know this job with this key. If you changed the key, sign in with the one it was made with and fetch it again.
notTheClip = Something else came in place of the clip, each time ({ $fault ->
    [nothing] nothing came
    [tooLarge] it is too large
    [anotherPart] another part came than was asked for
    [notMp4] it does not begin like an mp4
    [empty] it is empty
   *[notVideo] it can't be read as a video
  }). It is paid for and stays at Apiframe for a day: press Download again in a while.
clipNotThere = The clip was not at the address that Apiframe gives for it, each time. It is paid for and stays at Apiframe for a day: press Download again in a while.
clipAddress = Apiframe gives an address that Inbetween does not fetch clips from: { $fault ->
    [noHost] it has no host
    [thisComputer] it points at this computer
    [notHttps] it is not https
    [privateNetwork] it points into a private network
    [nowhere] it leads to nowhere
   *[tooManyRedirects] it leads from one place to the next
  }. It is paid for and stays at Apiframe for a day: press Download again in a while.

## What settings are not allowed

unknownSetting = These settings were made by a newer Inbetween, and this one does not know their “{ $name }”. Update Inbetween, or choose what you want here instead.
endWithoutStart = An end frame needs a start frame. Add a start picture, or remove the end.
referencesNeedOmni = Reference pictures work with Kling 3.0 Omni only. Change the model, or remove them.
tooManyReferences = At most { $most } reference pictures fit; there are { $count }. Remove some.
promptMissing = Describe what happens in the clip.
promptTooLong = The prompt is { $over ->
    [one] 1 character
   *[other] { $over } characters
  } too long: at most { $most } characters fit.
lengthOutOfRange = A clip lasts { $least } to { $most } seconds; choose a length between them.
avoidTooLong = What to avoid is { $over ->
    [one] 1 character
   *[other] { $over } characters
  } too long: at most { $most } characters fit.
shotsWithEnd = Shots and an end frame can't be combined. Remove the end frame, or use a single prompt.
tooManyShots = At most { $most } shots fit in a clip; there are { $count }. Remove some.
shotMissing = Describe what happens in shot { $number }.
shotTooLong = Shot { $number } is { $over ->
    [one] 1 character
   *[other] { $over } characters
  } too long: at most { $most } characters fit.
shotTooShort = Shot { $number } needs at least one second.
shotsUnequal = The shots last { $sum } s together, the clip { $length } s. Make them equal.
pictureNotKept = { $field ->
    [start] The picture of the start frame
    [end] The picture of the end frame
   *[references] A reference picture
  } is not kept here. Use its settings in the composer and add it.
settingNotTold = Apiframe did not say what the { $field ->
    [model] model
    [start] start frame
    [end] end frame
    [references] reference pictures
    [prompt] prompt
    [shots] shots
    [quality] quality
    [shape] shape
    [length] length
    [sound] sound
   *[avoid] avoid
  } was. Use its settings in the composer and choose it.
entryUnreadable = Part of this entry can't be read, so it can't be made again as it was. Use its settings in the composer and look through them.
spendingUnpriced = The price of this clip is not known yet, so your spending limit can't be checked and nothing was started. Try again once Apiframe is connected, or remove the limit in Settings.
spendingTooLow = This clip may cost up to { $price ->
    [one] 1 credit
   *[other] { $price } credits
  }, more than your limit of { $limit } a { $span ->
    [day] day
   *[month] month
  }. Nothing was started. Choose a shorter clip or a lower quality, or raise the limit in Settings.
spendingReached = This clip may cost up to { $price ->
    [one] 1 credit
   *[other] { $price } credits
  }, and { $used } of { $span ->
    [day] today's
   *[month] this month's
  } limit of { $limit } are spent or reserved for running clips. Nothing was started. The limit resets { $span ->
    [day] at midnight
   *[month] on { DAY($from) }
  }; you can raise it in Settings.

## The library

libraryNewer = This library was last opened by a newer Inbetween. Update Inbetween to open it; nothing was changed.
notThere = That generation is not there, or it has moved on since.
libraryFull = The disk with the library is full. Free some space and it continues automatically.
libraryClosed = Inbetween is not allowed to write to the library. Allow it to write to the library's folder and it continues automatically.
libraryBusy = Another program holds the library. Close it and this continues automatically.
libraryUnreachable = The library can't be reached just now. Check that its disk is connected and has room; it continues automatically.
libraryDamaged = The library's file is damaged. Start Inbetween again; nothing that was paid for is given up.
libraryTrouble = The library could not be read or written: { $error }.
libraryGone = The library was deleted or replaced while Inbetween was running, so nothing is sent. Put { $folder } back, or close Inbetween and start it again.
libraryFolder = The library's folder could not be used: { $error }
libraryValue = The library holds a { $what } that can't be read.
libraryDamagedInUse = The library's file is damaged. Quit Inbetween and start it again: it then goes back to the last good backup, and nothing that was paid for is given up.
libraryReplaced = The library's file was { $damaged ->
    [true] damaged
   *[false] not there
  }: { $backup ->
    [none] a new one was started, because there was no backup
   *[other] the backup of { MOMENT($backup) } was used
  }.{ $found ->
    [0] {""}
    [one] {" "}One clip from the clips folder was added again.
   *[other] {" "}{ $found } clips from the clips folder were added again.
  } Clips made since can be imported from Apiframe while it keeps them: Settings, Import.{ $file ->
    [none] {""}
   *[other] {" "}The damaged file is { $file }.
  }
libraryHeldHere = Inbetween is already running with this library but does not answer. End the process { $process }, then start Inbetween again. The library is in { $folder }.
libraryHeldByUser = { $user ->
    [none] Another user
   *[other] { $user }
  } has this library open on this computer. Close Inbetween there, then start it again here. The library is in { $folder }.
libraryHeldElsewhere = This library is open in Inbetween on the computer { $host } ({ $user ->
    [none] another user
   *[other] { $user }
  }). Close it there, then start it again here. The library is in { $folder }.
libraryHeld = Another program has this library open. Close Inbetween wherever it runs, then start it again here. The library is in { $folder }.
folderUnusable = Inbetween can't use its folder { $folder } ({ $error }). Check that it is there and that you are allowed to write to it.
noLibrary = Sign in with an Apiframe key or use the sandbox first.

## Importing from Apiframe

jobIdMissing = Paste the id of a job first. Apiframe's dashboard shows it with each job.
jobIdMalformed = That is not the id of a job. It looks like 0b8f6c1e-2d34-4c5a-9e7b-1f2a3b4c5d6e; copy all of it from Apiframe's dashboard.
importSignedOut = There is no key, so Apiframe can't be asked. Add one in Settings.
importOffline = Apiframe could not be reached. Check the connection, then try again.
importPause = Apiframe asks for a pause of { $seconds } s. Try again after that.
importShortPause = Apiframe asks for a short pause. Try again in a minute.
importTrouble = Apiframe is having trouble just now. Nothing is lost; try again in a minute.
importUnknown = Apiframe knows no such job under this key. Check the id, or sign in with the key that the job was made with.
importFailed = This job failed at Apiframe, so there is no clip. Failed jobs are not charged.
importExpired = Apiframe has deleted this clip: it keeps clips for a day. It can't be imported any more.
importNotAClip = This job made a picture or music, not a clip, so it can't be imported.

## Files of clips

anotherFile = { $name } is not this clip: { $difference ->
    [path] its path has characters that Inbetween can't keep, so rename it first
    [noFile] it is not a file
    [notVideo] it can't be read as a video
   *[picture] its picture is different
  }. Nothing was changed. Choose the file that was saved here, under whatever name it has now.
anotherSize = { $name } is not this clip: it has { $bytes } bytes, and the clip has { $wanted }. Nothing was changed. Choose the file that was saved here, under whatever name it has now.
fileUnreadable = { $name } can't be read ({ $error }). Choose another file.
clipNotReady = This clip is not on the disk yet.
clipMissing = { $file } is no longer there. It may have been moved or deleted.
notTrashed = { $name } could not be moved to the trash. Delete it in its folder, then remove it here.
copyFailed = The copy could not be written to { $file } ({ $error }). Choose another place.
exportFailed = The ledger could not be written to { $file } ({ $error }). Choose another place.
clipsFolderRefused = Inbetween can't write to { $folder } ({ $error }). Choose another folder.
noFileManager = No file manager answered. The path is { $path }.
noBrowser = No browser answered. The page is { $address }.
noDialog = { $picture ->
    [true] This desktop has no file dialogs. Install xdg-desktop-portal and a backend such as xdg-desktop-portal-gtk, or zenity, then try again. A picture can also be dropped onto the window.
   *[false] This desktop has no file dialogs. Install xdg-desktop-portal and a backend such as xdg-desktop-portal-gtk, or zenity, then try again.
  }
whereIs = Where is { $name }?
frame-unnamed = Picture
frame-pasted = Pasted picture
dialog-pictures = Pictures
dialog-all-files = All files
dialog-video = Video
dialog-table = Table for a spreadsheet
dialog-save-clip = Save a copy of the clip
dialog-export = Export the ledger
dialog-clips-folder = Choose where clips are saved
dialog-cannot-start = Inbetween can't start

## Pictures

pictureIsFolder = That is a folder, not a picture. Open it and drop one picture from it.
pictureGone = That file is not there any more. Check where it went, then drop it again.
pictureIsLink = That is a link, not a picture on this computer. Save the picture first, then drop the saved file.
pictureForbidden = Inbetween is not allowed to read that file. Copy it to a folder of yours and drop the copy.
pictureNotRead = That file could not be read. If it is on another drive or on the network, check that it is still connected, then drop it again.
pictureEmpty = That file is empty. It may not have been downloaded completely: get it again, then drop it.
pictureIsOther = That is { $kind ->
    [pdf] a PDF
    [video] a video
    [soundOrVideo] a sound or a video
    [sound] a sound
    [archiveOrDocument] an archive or a document
    [archive] an archive
    [program] a program
    [webPage] a web page
    [text] a text file
    [device] a device
   *[other] some other kind of file
  }, not a picture. Drop a JPEG or a PNG.
pictureUnsupported = Inbetween can't read { $format } pictures. Export it as JPEG or PNG and drop that.
pictureBroken = This picture is damaged or incomplete. Open it in another program, save it again as JPEG or PNG, and drop that.
pictureTooSmall = This picture is too small: { $width } × { $height } pixels. It has to be at least { $least } pixels on each side. Drop a larger one.
pictureTooWide = This picture is too wide: { $width } × { $height } pixels. The longer side may be at most 2.5 times the shorter one. Crop it, then drop it again.
pictureTooTall = This picture is too tall: { $width } × { $height } pixels. The longer side may be at most 2.5 times the shorter one. Crop it, then drop it again.
pictureTooLarge = This picture is too large: { $width } × { $height } pixels. Inbetween reads up to { $megapixels } megapixels. Make it smaller, then drop it again.
pictureFileTooLarge = This file is too large. Inbetween reads pictures of up to { $megabytes } MB. Save it as a JPEG, then drop that.
pictureDiskFull = The disk is full, so the picture could not be kept. Make some room, then drop it again.
pictureNotStored = The picture could not be kept in { $folder }. Check that this folder is there and can be written to, then drop it again.
placeRemoved = The place where it was taken was removed from the file.
turnedUpright = Turned upright.
converted = Converted from { $from } to { $to }.
convertedFromPrint = Converted from print colours (CMYK) to screen colours.
filledWithWhite = Transparent parts were filled with white.
madeSmaller = Made smaller, to { $width } × { $height } pixels.
compressed = Compressed from { $before } to { $after } MB, because Kling takes at most 10 MB.
cropped = Cropped to { $width } × { $height } pixels.

## Keys and the keychain

keyEmpty = Paste your Apiframe API key. It begins with afk_.
keyOfAnother = This is not an Apiframe key: those begin with afk_. Copy the key from the Apiframe dashboard.
keyBeginningOnly = This is only the beginning of a key. Copy the whole key from the Apiframe dashboard.
keyCharacters = A key has no spaces, line breaks or special characters inside. Copy it again from the Apiframe dashboard.
keyTooLong = This is too long to be a key. Copy just the key from the Apiframe dashboard.
keyNotRecognised = Apiframe doesn’t recognise this key. Copy it again from the dashboard.
keyNotAllowed = Apiframe does not allow this key: { $said }
keyNotChecked = Apiframe could not be reached, so the key was not checked or stored. Check the connection and try again.
keyCheckPause = Apiframe asks for a short pause. Try again in a minute.
keyCheckTrouble = Apiframe could not check the key just now. Try again in a minute.
keyFromEnvironment = This key came with the environment variable APIFRAME_API_KEY. Remove it there.
keyVariable = { $variable } can't be used. { $why }
keyStopped = Apiframe no longer accepts your key. Replace it to keep generating.
disconnected = No connection to Apiframe. What you generate now is kept and sent when it is back.
keychainLocked = { PLATFORM() ->
    [macos] Your keychain is locked, or does not let Inbetween in. Unlock it in Keychain Access, allow Inbetween to use it when it asks, and try again.
    [windows] Windows does not let Inbetween use your stored credentials. Sign out of Windows and in again, and try again.
   *[linux] Your keychain is locked or was never set up. Unlock it (in Passwords and Keys with GNOME, in KWallet with KDE), and try again.
  }
keychainSilent = Your keychain did not answer. If a window asks for its password, type it in there, and try again.
keychainAbsent = { PLATFORM() ->
    [linux] Inbetween found no keychain on this computer. Start a keyring service such as GNOME Keyring or KWallet, and try again.
   *[other] Inbetween could not reach the keychain of this computer. Restart the computer, and try again.
  }
keychainFailed = Your keychain could not do what it was asked. Log out of your computer and in again, and try again.
keychainNotAKey = What your keychain holds for Inbetween is not an Apiframe key. Remove the entry for app.inbetween from it, and try again.
keychainSeveral = Your keychain holds more than one key for Inbetween. Remove the entries for app.inbetween from it that you do not need, and try again.

## Models

modelFileRefused = The models in { $file } are not used: { $why } Correct the file and start Inbetween again.

## The program

sandboxFailed = The sandbox could not be started: { $error }.
draftTooLong = This text is too long to be kept: at most { $most } characters fit.
draftNotKept = The draft could not be kept ({ $error }).
preferencesNotSaved = Your preferences could not be saved in { $file }. Check that there is room on the disk and that the folder can be written to, then try again.
clipboardSilent = The program you copied from does not answer. Copy the picture again, then paste it.
clipboardBusy = The report could not be put on the clipboard. Close a program that may be using it, then try again.
homeless = Inbetween could not find your home folder, so it does not know where to keep things. Set the environment variable INBETWEEN_HOME to a folder and start it again.
alreadyOpen = Inbetween is already open; its window was brought forward.
noDesktop = Inbetween could not open a window: there is no desktop here (DISPLAY or WAYLAND_DISPLAY must lead to one). Start it from your desktop, or from a terminal in it.
notRestarted = The program could not start itself again with another environment ({ $error }).
noThreads = Inbetween could not start its worker threads ({ $error }).
noPort = Inbetween could not open a port for its own player ({ $error }).
noWindow = Inbetween could not open its window ({ $error }).
badAddress = { $variable } is not an address ({ $error }). Correct or remove it.
addressInsecure = The API's address must begin with https://, or with http:// for a server on this computer.
addressNotABase = The API's address must be just a server and a path, without a user name, a ? or a # part.
tlsUnavailable = Secure connections could not be set up on this computer. Check that its certificates are installed.

# ---- What the page shows besides: the names have a hyphen.

## The composer

composer-name = Composer
composer-frames = Frames
composer-frames-how = optional: drop, paste or browse
composer-swap = Swap start and end
composer-slot = { $field ->
    [start] Start frame
   *[end] End frame
  }
composer-slot-tag = { $field ->
    [start] Start
   *[end] End
  }
composer-slot-choose = { $field ->
    [start] Choose the start frame
   *[end] Choose the end frame
  }
composer-slot-remove = { $field ->
    [start] Remove the start frame
   *[end] Remove the end frame
  }
composer-slot-remove-short = Remove
composer-slot-empty = Drop a picture<br>or <u>browse</u>
composer-slot-over = Drop it here
composer-slot-picture = { $name }, { $width } × { $height }
composer-slot-said-busy = Reading the picture
composer-slot-said-empty = Empty. Drop or paste a picture, or press to browse.
composer-slot-said-picture = { $name }, { $width } by { $height } pixels
composer-slot-said-chosen = Chosen
composer-picture-lost = That picture is not in this library. Choose it again.
composer-not-a-file = That was not a file. Save the picture to this computer first, then drop it.
composer-only-two = Only the first two pictures were taken.
composer-both-taken-drop = Both frames are taken. Drop the picture on the one it should replace.
composer-both-taken-paste = Both frames are taken. Select the one to replace, then paste.
composer-clipboard-empty = There is no picture on the clipboard.
composer-frames-differ = The start frame is { $start }, the end frame { $end }. The clip takes the shape of the start frame.
composer-crop-end = Crop end frame
composer-end-cropped = The end frame now has the shape of the start frame.
composer-prompt = Prompt
composer-prompt-example = What happens in the clip
composer-quality = Quality
composer-shape = Shape
composer-shape-set = { $shape ->
    [none] Set by start frame
   *[other] Set by start frame: { $shape }
  }
composer-length = Length
composer-length-value = { $seconds } s
composer-length-spoken = { $seconds } seconds
composer-sound = Sound
composer-avoid = Avoid
composer-avoid-example = blur, text, watermark
composer-text-cut = This field takes at most { COUNT($most) } characters. What came after them was left out.
composer-unknown-name = Settings of a newer Inbetween
composer-unknown = From a newer Inbetween, not known to this one: { $settings }. Update Inbetween to use them, or leave them out.
composer-unknown-setting = <b>{ $name } { $value }</b>
composer-unknown-leave-out = Leave them out
composer-replaced = These settings replaced your draft.
composer-generate = Generate
composer-price-short = { $price ->
    [one] 1 credit
   *[other] { COUNT($price) } credits
  }, you have { COUNT($left) }
composer-checking-balance = Checking your balance
composer-started = Started. It’s in the gallery.
composer-repeated = Already started. For another take, wait 2 seconds.
composer-not-started = Not started. The gallery says why.
composer-price-range = The range for Kling 3.0. Exact after your first clip.
composer-practice = Practice credits only: nothing is charged
composer-charged-if = Charged only if it succeeds
composer-short = This clip costs { $price ->
    [one] 1 credit
   *[other] { COUNT($price) } credits
  } and you have { COUNT($left) }.
composer-short-sandbox = This clip costs { COUNT($price) } practice credits and you have { COUNT($left) }. Restart Inbetween to get more.
composer-add-credits = Add credits
composer-limits = Limits

## The top bar, notes and the whole page

page-sandbox = <b>Sandbox</b>: no key, no network, nothing is charged
page-rendering = <b>{ COUNT($count) }</b> rendering
page-rendering-label = { $left ->
    [none] Rendering: { COUNT($count) }
   *[other] Rendering: { COUNT($count) }, { $left }
  }
page-show-rendering = Show what is rendering
page-settings = Settings
page-leave-sandbox = Leave sandbox
page-leave-sandbox-question = Leave the sandbox?
page-leave-sandbox-detail = { $count ->
    [one] A clip is still being made. You’ll find it here when you come back.
   *[other] { COUNT($count) } clips are still being made. You’ll find them here when you come back.
  }
page-leave-sandbox-yes = Leave
page-leave-sandbox-no = Stay
page-looking = You can look, but generating needs an API key.
page-enter-key = Enter a key
page-replace-key = Replace the key
page-try-now = Try now
page-undo = Undo
page-dismiss = Dismiss
page-started = Started: { $prompt }
page-ready = Ready: { $prompt }
page-failed = Failed: { $prompt }. { $reason }
page-uncertain = Unknown: { $prompt }. { $reason }
page-checked-unknown = Checked: Apiframe’s job list still does not show it.
page-checked-arrived = Checked: it had arrived. Its clip is on its way.
page-own-window = Inbetween runs in its own window, not in a browser.

## Lengths, days and other small words

words-quality-standard = Standard
words-quality-pro = Pro
words-quality-4k = 4K
words-credits = { $count ->
    [one] 1 credit
   *[other] { COUNT($count) } credits
  }
words-credits-range = { COUNT($min) }–{ COUNT($max) } credits
words-seconds = { $seconds } s
words-minutes = { $minutes } min
words-minutes-seconds = { $minutes } min { $seconds } s
words-kilobytes = { $size } kB
words-megabytes = { NUMBER($size, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB
words-today = Today
words-yesterday = Yesterday
words-moment = { $day }, { $time }
words-no-prompt = No prompt
words-shape-of-start = As the start frame
words-shape-of-start-pixels = As the start frame, { $width } × { $height }
words-starting = Starting
words-sending-frames = Sending the frames
words-sending = Sending
words-queued = Queued
words-rendering = Rendering
words-saving = Saving the clip
words-percent = { $percent }%
words-time-left = about { $time } left
words-any-moment = any moment now
words-longer-than-usual = taking longer than usual

## The gallery

gallery-name = Gallery
gallery-show = Show
gallery-all = All
gallery-running = Rendering
gallery-failed = Failed
gallery-list = Clips, newest first
gallery-notices = Notices
gallery-empty = Your clips appear here
gallery-empty-how = Describe what happens and press Generate: a prompt alone is enough. Add a first and a last picture if the clip should start and end with them.
gallery-write-prompt = Write a prompt
gallery-choose-start = Choose a start frame
gallery-import = Made clips elsewhere? Import from Apiframe…
gallery-none-running = Nothing is rendering
gallery-none-running-why = What you generate shows here until its clip is on your disk.
gallery-none-failed = Nothing failed
gallery-none-failed-why = If something goes wrong, you’ll see why here and how to fix it.
gallery-play = Play: { $prompt }
gallery-card-rendering = Rendering: { $prompt }
gallery-card-failed = Failed: { $prompt }
gallery-card-uncertain = Uncertain: { $prompt }
gallery-settings-unreadable = Settings can’t be read
gallery-with-sound = Sound
gallery-file-missing = The file is missing
gallery-reuse = Reuse settings
gallery-progress = { $state }, { $rest }
gallery-cancel = Cancel
gallery-ask-now = Ask now
gallery-asked-now = Apiframe is asked again within five minutes.
gallery-already-sent = Already sent, so it can’t be cancelled
gallery-remove = Remove from the gallery
gallery-fix-settings = Fix settings
gallery-try-again = Try again
gallery-download-again = Download again
gallery-add-credits = Add credits
gallery-replace-key = Replace the key
gallery-charged = You were charged.
gallery-not-charged = You were not charged.
gallery-uncertain = Unknown: check or submit again
gallery-check = Check
gallery-submit-again = Submit again
gallery-submit-again-question = Submit it again?
gallery-submit-again-detail = This may pay a second time: if the first one did arrive, both will be made and both will be charged. Check first; it costs nothing.
gallery-submit-again-no = Not now

## Recovery: importing, missing files, the report

recovery-import-title = Import from Apiframe
recovery-about = Jobs that are still in your account but not in your library, wherever they were made. They are already paid for, so importing costs nothing.
recovery-about-sandbox = Sandbox jobs that aren’t in your library. Nothing is charged.
recovery-jobs = Jobs not in your library
recovery-all-here = Everything in your account is already in your library.
recovery-all-here-sandbox = Everything in the sandbox is already in your library.
recovery-loading = Loading the list…
recovery-older = Show older jobs
recovery-none-importable = Nothing here can be imported.
recovery-import-all = Import all
recovery-none-left = There was nothing left to import.
recovery-none-left-deleted = There was nothing left to import: Apiframe has deleted the other clips.
recovery-imported-jobs = { $count ->
    [one] Imported 1 job. Its clip is on its way.
   *[other] Imported { COUNT($count) } jobs. Their clips are on their way.
  }
recovery-import = Import
recovery-import-job = Import: { $name }
recovery-imported = Imported
recovery-not-importable = Can’t be imported
recovery-job-running = Rendering
recovery-job-finished = Finished
recovery-job-deleted = Deleted by Apiframe
recovery-prompt-loading = Loading the prompt…
recovery-prompt-unknown = Prompt unknown
recovery-prompt-unreadable = Part of this entry can’t be read
recovery-model-unknown = Model unknown
recovery-unknown = Unknown
recovery-frame-not-kept = The { $field ->
    [start] start frame
   *[end] end frame
  } is not kept: Apiframe deletes pictures after use
recovery-pictures-not-kept = Not kept: Apiframe deletes pictures after use
recovery-reused-unknown = Some settings of this clip are unknown. Check them before you generate.
recovery-reused-unreadable = Part of this entry can’t be read. Check the settings before you generate.
recovery-job-id = Job ID
recovery-import-by-id = Import by job ID
recovery-imported-job = Imported: { $name }
recovery-was-here = Already in your library: { $name }
recovery-file-missing = The file is not where it was saved
recovery-file-missing-how = If you moved it, show where it is now. If it is gone for good, Apiframe may still have it: it keeps clips for a day.
recovery-find = Find it…
recovery-found = { $others ->
    [0] The clip is found.
    [one] The clip is found. Another missing clip was in the same folder.
   *[other] The clip is found. { COUNT($others) } other missing clips were in the same folder.
  }
recovery-fetch-again = Download again
recovery-fetching-again = The clip is being fetched again; it is paid for already.
recovery-copy-report = Copy report
recovery-copied = Copied
recovery-report-about = For whoever helps you: versions, folders, counts and recent problems, without your key or prompts.
recovery-report-copied = The report is on the clipboard.

## The viewer

viewer-name = Viewer
viewer-failed = Failed
viewer-uncertain = Unknown
viewer-back = Gallery
viewer-previous = Previous clip
viewer-previous-key = Previous clip (←)
viewer-next = Next clip
viewer-next-key = Next clip (→)
viewer-which = { COUNT($position) } of <b>{ COUNT($all) }</b>
viewer-clip = Clip
viewer-no-decoder = This clip cannot be played here
viewer-no-decoder-safe = The file is safe on your disk; other players can open it.
viewer-no-decoder-linux = A video decoder is missing on this computer. Install the packages { $libav }, { $good } and { $bad }, then start Inbetween again.
viewer-unreadable = The clip could not be read
viewer-unreadable-why = Something interrupted it on its way from the disk.
viewer-position = Position
viewer-position-now = { $time }, frame { $frame } of { $frames }
viewer-frame = frame { $frame } of { $frames }
viewer-play = Play
viewer-pause = Pause
viewer-previous-frame = Previous frame
viewer-previous-frame-key = Previous frame (,)
viewer-next-frame = Next frame
viewer-next-frame-key = Next frame (.)
viewer-mute = Mute
viewer-mute-key = Mute (M)
viewer-unmute = Unmute
viewer-unmute-key = Unmute (M)
viewer-volume = Volume
viewer-loop = Loop
viewer-loop-key = Loop (L)
viewer-about = About this clip
viewer-model = Model
viewer-quality = Quality
viewer-length = Length
viewer-shape = Shape
viewer-sound = Sound
viewer-sound-on = On
viewer-sound-off = Off
viewer-avoid = Avoid
viewer-frames = Frames
viewer-from = From
viewer-imported = Imported from Apiframe
viewer-cost = Cost
viewer-rendered-in = Rendered in
viewer-made = Made
viewer-file = File
viewer-size = Size
viewer-setting-unreadable = Can’t be read
viewer-start = Start
viewer-start-frame = Start frame
viewer-end = End
viewer-end-frame = End frame
viewer-show-in-folder = Show in folder
viewer-save-copy = Save a copy…
viewer-saved = Saved as { $where }
viewer-delete = Delete
viewer-delete-question = Delete this clip?
viewer-delete-detail = “{ $prompt }” will be removed from the gallery and its file moved to the trash.
viewer-deleted = The clip is in the trash.

## Settings

settings-title = Settings
settings-account = Account
settings-in-sandbox = You’re in the sandbox: no key, no network, nothing is charged.
settings-failure = To see what a failure looks like, put <b>{ $prompt }</b> in a prompt.
settings-key = Key ending in <b>{ $last4 }</b>, { $source ->
    [keychain] kept in this computer’s keychain
    [thisRun] kept in memory, for this run only
   *[environment] from APIFRAME_API_KEY, for this run only
  }.
settings-no-key = No key yet.
settings-team = Team
settings-plan = Plan
settings-credits = Credits
settings-practice-credits = Practice credits
settings-leave-sandbox = Leave the sandbox
settings-save-key = Save key
settings-key-saved = The new key works and was saved.
settings-replace-key = Replace…
settings-remove-key = Remove…
settings-remove-question = Remove the key from this computer?
settings-remove-detail = Your clips stay. Clips that are still being made arrive once you enter a key of the same account again.
settings-remove-yes = Remove
settings-limits = Spending limits
settings-daily-limit = Daily limit
settings-monthly-limit = Monthly limit
settings-limit-none = No limit
settings-limit-wrong = Enter a whole number of credits, or leave it empty for no limit.
settings-limit-removed = { $span ->
    [day] No daily limit.
   *[month] No monthly limit.
  }
settings-limit-saved = The { $span ->
    [day] daily
   *[month] monthly
  } limit is now { $limit ->
    [one] 1 credit
   *[other] { COUNT($limit) } credits
  }.
settings-limits-hint = Checked before each clip is sent. Counts what you’ve been charged plus the most that running clips could still cost. With a limit, clips whose price isn’t known are not sent.
settings-limits-sandbox = The sandbox has its own limits, in practice credits.
settings-limits-signed-out = You can set limits once you’re signed in.
settings-credit-history = Credit history…
settings-clips-folder = Clips folder
settings-change-folder = Change…
settings-open-folder = Open
settings-clips-hint = New clips are saved here. Earlier clips stay where they are.
settings-import = Import
settings-import-hint = Clips that are in your Apiframe account but not in your library.
settings-import-from = Import from Apiframe…
settings-theme = Theme
settings-theme-system = System
settings-theme-dark = Dark
settings-theme-light = Light
settings-about = About
settings-version = Inbetween { $version }
settings-data-folder = Data folder
settings-log-folder = Log folder
settings-keys = Keys

keys-title = Keyboard shortcuts
keys-everywhere = Everywhere
keys-settings = Settings
keys-shortcuts = Keyboard shortcuts
keys-composer-and-gallery = Composer and gallery
keys-generate = Generate
keys-paste = Paste a picture as a frame
keys-gallery = Gallery
keys-move = Move among the clips
keys-clip-ends = First clip, last clip
keys-open = Open the clip
keys-viewer = Viewer
keys-play = Play or pause
keys-frames = Previous frame, next frame
keys-frame-ends = First frame, last frame
keys-clips = Previous clip, next clip
keys-loop = Loop
keys-mute = Mute
keys-delete = Delete the clip
keys-back = Back to the gallery

## The credit history

ledger-pill = { $practice ->
    [true] { $credits ->
        [one] <b>1</b> practice credit
       *[other] <b>{ COUNT($credits) }</b> practice credits
      }
   *[false] { $credits ->
        [one] <b>1</b> credit
       *[other] <b>{ COUNT($credits) }</b> credits
      }
  }
ledger-pill-label = { $practice ->
    [true] { $credits ->
        [one] 1 practice credit, credit history
       *[other] { COUNT($credits) } practice credits, credit history
      }
   *[false] { $credits ->
        [one] 1 credit, credit history
       *[other] { COUNT($credits) } credits, credit history
      }
  }
ledger-pill-title = Credit history
ledger-title = Credit history
ledger-practice = These are practice credits: in the sandbox nothing is charged.
ledger-left = { $practice ->
    [true] { $credits ->
        [one] <b>1</b> practice credit left
       *[other] <b>{ COUNT($credits) }</b> practice credits left
      }
   *[false] { $credits ->
        [one] <b>1</b> credit left
       *[other] <b>{ COUNT($credits) }</b> credits left
      }
  }
ledger-refresh = Refresh
ledger-refreshed = The balance is up to date.
ledger-today = Today
ledger-this-month = This month
ledger-figure-spent = <b>{ COUNT($credits) }</b> spent
ledger-figure-refunded = <b>{ COUNT($credits) }</b> refunded
ledger-charged = { COUNT($charged) } charged, { COUNT($returned) } refunded
ledger-set-aside = Up to { COUNT($credits) } reserved for running clips
ledger-not-included = { $count ->
    [one] 1 charge not included: its amount isn’t known yet
   *[other] { COUNT($count) } charges not included: their amounts aren’t known yet
  }
ledger-daily-limit = Daily limit
ledger-monthly-limit = Monthly limit
ledger-no-limit = No limit
ledger-limit-used = { COUNT($used) } of { COUNT($limit) } used
ledger-limit-reached = Limit of { COUNT($limit) } reached. It resets { $span ->
    [day] at midnight
   *[month] next month
  }.
ledger-change-limits = Change limits…
ledger-export = Export as CSV…
ledger-exported = Saved as { $file }
ledger-earlier-months = Earlier months
ledger-sum = { $credits ->
    [one] 1 credit
   *[other] { COUNT($credits) } credits
  }
ledger-sum-refunded = { $credits ->
    [one] 1 credit refunded
   *[other] { COUNT($credits) } credits refunded
  }
ledger-sum-unknown = { COUNT($count) } not known yet
ledger-entries = Charges and refunds
ledger-nothing-yet = Nothing yet. Each charge and each refund will be listed here, with its clip.
ledger-time = Time
ledger-clip = Clip
ledger-credits = Credits
ledger-running-total = Running total
ledger-entry-charged = { $inGallery ->
    [true] Charged
   *[false] Charged, no longer in the gallery
  }
ledger-entry-refunded = { $inGallery ->
    [true] Refunded: no clip was made
   *[false] Refunded: no clip was made, no longer in the gallery
  }
ledger-in-full = In full
ledger-not-known-yet = Not known yet
ledger-show-earlier = Show earlier

## The first screens

welcome-title = Welcome to Inbetween
welcome-lead = Describe what happens, add a first and a last picture if you like, and get the clip on your disk.
welcome-opening = Asking the keychain…
welcome-key = Apiframe API key
welcome-get-key = Get a key
welcome-show-key = Show the key
welcome-hide-key = Hide the key
welcome-kept-keychain = Kept in this computer’s keychain and sent only to Apiframe.
welcome-kept-this-run = Kept in memory and forgotten when Inbetween closes. Nothing is written to disk.
welcome-this-run-only = Keep the key for this run only
welcome-continue = Continue
welcome-or = or
welcome-use-sandbox = Use the sandbox
welcome-sandbox-hint = Try everything without a key. Clips are simulated on this computer and nothing is charged.
welcome-just-look = Just look at my clips
welcome-vault-title = { $problem ->
    [locked] The keychain is locked
    [absent] No keychain found
   *[failed] The keychain didn’t answer
  }
welcome-vault-lead = Your key is kept in the keychain and nowhere else, so Inbetween can’t sign in yet.
welcome-no-change = No change yet.

## Parts that are used everywhere

kit-cancel = Cancel
kit-close = Close
kit-try-again = Try again
kit-key-space = Space
kit-key-home = Home
kit-key-end = End
kit-key-delete = Del
kit-key-escape = Esc
