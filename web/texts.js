// @ts-check
/** Every text of the page, in one table. The words of reasons come from the core's table. */

/** @param {number} n @param {string} one @param {string} many */
const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;
/** @param {string[]} names */
const list = (names) =>
    names.length <= 2
        ? names.join(' and ')
        : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;

export const texts = {
    title: 'GhostChat',
    /** @param {number} unread @param {string} place */
    windowTitle: (unread, place) =>
        `${unread ? `(${unread}) ` : ''}${place ? `${place} – ` : ''}GhostChat`,
    privateRoom: 'Private room',
    directChat: 'Direct chat',

    plain: {
        noWasm:
            'This browser cannot run GhostChat: WebAssembly is missing or switched off. ' +
            'Open the link in a current Chromium, Chrome, Edge, Firefox or Safari.',
        noRtc:
            'This browser cannot run GhostChat: WebRTC is missing or switched off, and without ' +
            'it no direct connection is possible. Open the link in another browser.',
        broken:
            'GhostChat could not start: a part of the page did not load. Reload the page, or ' +
            'open the link in another browser.',
        keptLink: 'Your link',
    },

    /** The faults of config.json. Their readers can seldom change it. */
    config: {
        missing:
            'This page is not set up: its config.json is missing, or is not JSON. Whoever runs this ' +
            'page has to correct that.',
        peerServer:
            'This page is not set up: its config.json names no PeerServer with an address such as ' +
            'https://host:port/path/: http or https, a host name or IPv4 address, no user, query ' +
            'or fragment. Whoever runs this page has to correct that.',
        insecure:
            'This page was loaded by https and its PeerServer uses http, which browsers do not ' +
            'allow. Whoever runs this page has to correct its config.json.',
        iceServers:
            'This page is not set up: the iceServers in its config.json are not what browsers ' +
            'take. Whoever runs this page has to correct that.',
        refused:
            'This page is not set up: the address of its server or its key cannot be used. Whoever ' +
            'runs this page has to correct its config.json.',
    },

    entrance: {
        lead: 'Talk directly, browser to browser.',
        about:
            'The server only introduces you. Your words go straight to the others, encrypted, ' +
            'and are stored nowhere.',
        name: 'Your name',
        roomName: 'Room name',
        roomHint: 'Everybody who enters the same name here meets.',
        joinRoom: 'Join room',
        join: 'Join',
        newRoom: 'New private room',
        scan: 'Scan QR code',
        or: 'or',
        relayOnly: 'Relay only',
        notice:
            'People you chat with can see your network address (IP). That is how peer to peer ' +
            'works; a VPN hides it.',
        noticeRelay:
            'People you chat with can see your network address (IP). That is how peer to peer ' +
            'works; a VPN or “Relay only” hides it.',
        /** @param {string} name */
        roomHeading: (name) => `Join the room “${name}”`,
        privateHeading: 'Join the private room',
        peerHeading: 'Chat with one person',
        peerNote: 'You were invited to a direct chat.',
        barePeerNote: 'This link has no secret: who answers is not verified.',
        other: 'Go on without this link',
        lostHeading: 'This page has lost its link',
        lost:
            'The secret of an invite link is never stored, so a reload cannot bring it back. ' +
            'Paste the link again or scan its QR code.',
        badHeading: 'This link does not work',
        badLink: 'This is not an invite link. Ask for it again, and copy all of it.',
        /** @param {string} base  of this page's links */
        noLink: (base) =>
            'There is no invite link in this text. Such a link begins with http:// or https:// and ' +
            `has /room/ or /join/ in it, as in ${base}room/coffee.`,
        partOfLink:
            'This is a part of an invite link. Copy the whole link, from its http to its end, and ' +
            'paste it here.',
        paste: 'Paste the link',
        open: 'Open',
        inChat: 'This page is in a chat already. Leave it first, or reload the page.',
        /** @param {string} code */
        joinFailed: (code) =>
            `GhostChat could not join because of a fault of its own (${code}). Reload the page and ` +
            'try again.',
        needRoom: 'Enter a room name.',
        badRoom:
            'This cannot be the name of a room. A name has letters or numbers that can be seen; ' +
            'a link, a secret or a code such as 7-482-9315 is not a name.',
        /** @param {string} host */
        otherServer: (host) => `This link belongs to another server, ${host}. `,
        openThere: 'Open it there',
        laterLink: 'You opened another link. It waits here until you leave this room.',
    },

    status: {
        idle: 'Not connected.',
        trapped:
            'GhostChat has stopped because of a fault of its own, and all connections are closed. ' +
            'You can join again.',
        joining: 'Connecting to the server…',
        looking: 'Looking for the others…',
        lookingPeer: 'Looking for the other person…',
        retry: 'Trying again.',
        retryOnline: 'Trying again. Is this device online?',
        noWebSocket:
            'The server is there, but its WebSocket is not reached: a proxy in front of it has to pass ' +
            'Upgrade on. Whoever runs this page has to correct that.',
        serverLost: 'The connection to the server was lost. Trying again…',
        waitingInvite: 'Nobody else is here yet. Invite somebody.',
        peerLeft: 'The other person has left.',
        waitingPeer: 'Waiting for the other person.',
        noRelay: 'No relay can be reached, and “Relay only” forbids every other way.',
        noStun: 'People on other networks cannot be reached from here: no STUN is set up.',
        /** @param {string[]} names */
        connecting: (names) => `Connecting to ${list(names)}…`,
        /** @param {number} n */
        connected: (n) => `Connected to ${count(n, 'person', 'people')}.`,
        serverAway: 'The server is away: your chats go on, newcomers have to wait.',
        /** @param {string} name @param {string} why */
        trouble: (name, why) => `${name}: ${why}`,
        failed: 'It did not work.',
        /** Advice, by the word of the reason.
         * @type {Record<string, string>} */
        advice: {
            'room-full': 'Open another room, or try again when somebody has left.',
            replaced: 'Go on there, or join again here.',
            'bad-key':
                'The page and the server do not fit together: reload the page. If that does not ' +
                'help, whoever runs this page has to correct the key.',
            'id-taken': 'Leave and join again.',
            origin: 'Open the page from the server itself.',
            'address-limit': 'Close other tabs of this page, or wait a minute.',
            timeout: 'GhostChat keeps trying.',
            'ice-failed': 'GhostChat keeps trying.',
            refused: 'Ask for a new link.',
            'no-address': 'Allow them for this page, or open it in another browser.',
            'peer-no-address': 'They can allow them there, or use another browser.',
            'no-relay': 'Without “Relay only” a direct connection may be possible.',
        },
    },

    room: {
        connection: 'Connection',
        log: 'Messages',
        people: 'People',
        you: 'You',
        message: 'Message',
        placeholder: 'Write a message',
        send: 'Send',
        invite: 'Invite',
        leave: 'Leave',
        again: 'Join again',
        newMessages: 'New messages',
        emptyHeading: 'It is quiet here',
        failedHeading: 'You are not in the room',
        emptyRoom:
            'Others who enter the same room name on this page appear here automatically. Invite ' +
            'gives you a link and a QR code.',
        emptyPrivate:
            'Only people with the invite link can come in. Show them the QR code or send ' +
            'them the link.',
        emptyDirect: 'You will be connected automatically as soon as the other person is there.',
        cut: 'Older messages are no longer kept.',
        /** @param {number} n */
        times: (n) => `(${n} times)`,
    },

    person: {
        /** @param {string} tag  the beginning of the id */
        unnamed: (tag) => `Guest ${tag}`,
        /** @param {string} name @param {string} tag */
        twin: (name, tag) => `${name} (${tag})`,
        connecting: 'connecting',
        lost: 'reconnecting',
        away: 'away',
        path: {
            unknown: 'connected',
            host: 'direct',
            srflx: 'through NAT',
            prflx: 'direct',
            relay: 'relayed',
        },
        pathHint: {
            unknown: '',
            host: 'Messages go straight from device to device.',
            srflx: 'Messages go straight from network to network, through the routers between.',
            prflx: 'Messages go straight from device to device.',
            relay: 'Messages pass a relay, which cannot read them.',
        },
        /** @param {number} ms */
        rtt: (ms) => `${ms} ms`,
        notVerified: 'not verified',
        verified: 'verified',
        stock: 'another app',
        stockHint: 'Uses another PeerJS app: it has no names and does not confirm messages.',
        direct: 'direct guest',
        directHint: 'Came by your direct link; sees you only, not the room.',
        /** @param {string} name */
        came: (name) => `${name} is here.`,
        /** @param {string} name */
        left: (name) => `${name} left.`,
        /** @param {string} name @param {string} why */
        gone: (name, why) => `${name}: ${why}`,
    },

    message: {
        unfold: 'Show the whole message',
        fold: 'Show less',
        sending: 'Sending…',
        unknown: 'It is not known whether this arrived.',
        delivered: 'Delivered',
        /** @param {number} n @param {number} of */
        deliveredTo: (n, of) => `Delivered to ${n} of ${of}`,
        /** @param {string[]} names @param {string} why */
        notDelivered: (names, why) => `Not delivered to ${list(names)}. ${why}`,
        sent: 'Sent',
        /** @param {number} n @param {number} of */
        sentTo: (n, of) => `Sent to ${n} of ${of}`,
        /** @param {string} name @param {number} n @param {string} why  may be empty */
        gap: (name, n, why) =>
            why
                ? `${count(n, 'message', 'messages')} from ${name} cannot be shown. ${why}`
                : `${count(n, 'message', 'messages')} from ${name} got lost on the way.`,
        noFiles: 'Files cannot be sent yet.',
        full: 'Too much is still on its way. Your text stays here; send it in a moment.',
        sendable: 'Now there is room again: press Send.',
        nobody: 'Nobody is here to read it yet. Your text stays here.',
        tooBig: 'This message is longer than 16 KiB. Please split it.',
        kept: 'This message was not sent. Join again: your text is kept.',
        failed: 'This message could not be sent. Your text stays here.',
    },

    invite: {
        heading: 'Invite',
        link: 'Invite link',
        qr: 'QR code of the invite link',
        copy: 'Copy link',
        copied: 'Copied',
        copyFailed: 'Copying was refused. The link is selected: copy it by hand.',
        share: 'Share…',
        close: 'Close',
        kind: 'Invite to',
        room: 'This room',
        direct: 'Me only',
        loopbackNote:
            'This link works on this device alone. To invite people on other devices, open this page ' +
            'by the address of this machine in your network.',
        roomNote: 'Whoever has this link can come into the room.',
        openNote: 'Whoever knows the room name can come in, with or without the link.',
        directNote:
            'Whoever has this link talks with you alone, outside the room. It works while ' +
            'this page is open.',
    },

    scan: {
        heading: 'Scan QR code',
        close: 'Close',
        starting: 'Starting the camera…',
        looking: 'Hold the QR code of an invite in front of the camera.',
        insecure:
            'The camera works only on https pages. Use the camera app of this device: it opens ' +
            'the link. Or paste the link here.',
        noise:
            'This browser hides from pages what they draw, to protect your privacy, so this page cannot ' +
            'read the picture of the camera. Use the camera app of this device: it opens the link. ' +
            'Or paste the link here.',
        noCamera: 'This browser offers no camera. Paste the link instead.',
        denied: 'The camera was not allowed. Allow it in the browser, or paste the link instead.',
        busy: 'The camera cannot be used right now. Paste the link instead.',
    },
};
