/*
 * R13 as a model: one block, one node. docs/ledger-protocol.md says what it covers, what it leaves out, and what each
 * macro that leaves out a part of the rule is for. Each inline below the line "steps" is one step.
 *
 * One Run is one task of a run: reads, at most one transaction, and what follows from it. A run that does several
 * things is as safe as several tasks at once, since each rests on its own reads alone.
 */
#define NOBODY 0
/* Holders: an id with its incarnation. Id 0 comes back. */
#define FIRST 1
#define AGAIN 2
#define SECOND 3
#define THIRD 4
#define HOLDERS 5
#define ID(n) ((n) <= AGAIN -> 0 : (n) - 2)

/* Two blocks that are handed out, and a smaller one inside the first, which a machine may claim by itself. */
#define WHOLE 0
#define OTHER 1
#define HALF 2
#define BLOCKS 3
#define MEETS(x, y) ((x) == (y) || ((x) != OTHER && (y) != OTHER))

/* The ledger. A holder's entry has its block + 1. */
byte holderOf[BLOCKS];
byte blockOf[HOLDERS];
bool adopted;
/* Whether the generation is the one that this run has read. */
bool current[2];
#define NO_MARK 0
#define LEAVING 1
/* For at least 15 minutes. */
#define LEFT 2
byte mark[BLOCKS];
/* What those 15 minutes outlast: bit by bit the runs that were under way at the mark, and the read that lagged. */
byte unsettled[BLOCKS];
#define A_READ 4

/* The cloud: who lives under an id, and to whom a block's route leads. */
byte lives[3];
byte route[BLOCKS];
/* What a read may tell instead of the truth: an id + 1 or AT_ROUTE + block, and what was there before. */
byte lagging, before;
#define AT_ROUTE 4
/* Azure writes a table only if it is as this run has read it. */
bool untouched[2];
bool born[HOLDERS];
/* Machines that claim HALF by themselves. */
bool gives[HOLDERS];
/* The block + 1 that a machine has been told, and goes by for good. */
byte told[HOLDERS];

/* Runs under way, bit by bit. */
byte busy;
#ifdef RESTORE
/* The ledger as it was when it had been adopted. */
byte backup[BLOCKS];
bool kept, restored;
#endif
/* From here on nothing happens but runs that fail nowhere, and each has to bring the world further. */
bool calm, furthered;

#define BIT(run) (1 << (run))
#define LIVES(n) (lives[ID(n)] == (n))
#ifdef NO_INCARNATION
#define IS(n, seen) ((seen) != NOBODY)
#else
#define IS(n, seen) ((seen) == (n))
#endif
#define SEEN_ALIVE(n) (IS(n, lives[ID(n)]) || (lagging == ID(n) + 1 && IS(n, before)))
#define SEEN_GONE(n) (!IS(n, lives[ID(n)]) || (lagging == ID(n) + 1 && !IS(n, before)))
#ifdef OVERLAP_BY_EQUALITY
#define TAKEN(x) (holderOf[x] != NOBODY)
#else
#define TAKEN(x) (holderOf[x] != NOBODY || ((x) != OTHER && holderOf[2 - (x)] != NOBODY))
#endif

/* What undisturbed runs have to reach: the living have what they can have, and the dead have nothing. */
#define IN_STEP(x) (holderOf[x] == NOBODY || (LIVES(holderOf[x]) && mark[x] == NO_MARK && \
  told[holderOf[x]] == (x) + 1 && ((x) == HALF || route[x] == holderOf[x])))
#define SERVED(n) ((!LIVES(n) && blockOf[n] == 0) || (LIVES(n) && (blockOf[n] != 0 || \
  (gives[n] -> TAKEN(HALF) : (TAKEN(WHOLE) && TAKEN(OTHER))))))
#define LEADS(x) (route[x] == NOBODY || LIVES(route[x]))
#define CONVERGED (adopted && IN_STEP(WHOLE) && IN_STEP(OTHER) && IN_STEP(HALF) && LEADS(WHOLE) && LEADS(OTHER) && \
  SERVED(FIRST) && SERVED(AGAIN) && SERVED(SECOND) && SERVED(THIRD))

/* A block has one holder and a holder one block, and the entries of both agree. */
inline checkLedger() {
  assert(holderOf[WHOLE] == NOBODY || holderOf[HALF] == NOBODY);
  k = 0;
  do
  :: k < BLOCKS -> assert(holderOf[k] == NOBODY || blockOf[holderOf[k]] == k + 1); k++
  :: else -> break
  od;
  k = 1;
  do
  :: k < HOLDERS -> assert(blockOf[k] == 0 || holderOf[blockOf[k] - 1] == k); k++
  :: else -> break
  od;
  k = 0
}

/* The last part of every transaction. */
inline replaceGeneration() {
  current[0] = false;
  current[1] = false;
  furthered = calm;
  checkLedger()
}

/* Goes on where the ledger takes a transaction. After a lost answer a run goes on or not, as it reads back or cannot. */
inline transact() {
  if
  :: !calm -> goto over
#if defined(NO_GENERATION) || defined(RETRY_WITHOUT_READING)
  :: true
#else
  :: current[me]
  :: !current[me] -> goto over
#endif
  fi
}

/* A machine learns its block: never a second one, nor one that another living machine has. */
inline learn(n_) {
  assert(told[n_] == 0 || told[n_] == b + 1);
  assert(!gives[n_] || b == HALF);
  k = 1;
  do
  :: k < HOLDERS -> assert(k == n_ || !LIVES(k) || told[k] == 0 || !MEETS(told[k] - 1, b)); k++
  :: else -> break
  od;
  k = 0;
  furthered = calm;
  told[n_] = b + 1
}

inline setRoute(n_) {
  if
  :: !calm && lagging == 0 -> lagging = AT_ROUTE + b; before = route[b]
  :: else
  fi;
  if
  :: mark[b] == LEAVING && (unsettled[b] & BIT(me)) && lagging != 0 -> unsettled[b] = unsettled[b] | A_READ
  :: else
  fi;
  route[b] = n_;
  furthered = calm;
  untouched[0] = false;
  untouched[1] = false
}

inline seeRoute() {
#ifdef AZURE
  untouched[me] = true;
#endif
  if
  :: seen = route[b]
  :: lagging == AT_ROUTE + b && before != route[b] -> seen = before; untouched[me] = false
  fi
}

inline seeNode() {
  if
  :: SEEN_ALIVE(n) -> alive = true
  :: SEEN_GONE(n) -> alive = false
  fi
}

#ifdef LATE_TAG
/* Whoever has no block, and claims this one by a tag that was meant for another. */
inline seeClaim() {
  if
  :: SEEN_ALIVE(AGAIN) && told[AGAIN] == b + 1 && blockOf[AGAIN] == 0 -> found[b] = AGAIN
  :: SEEN_GONE(AGAIN) || told[AGAIN] != b + 1 || blockOf[AGAIN] != 0
  fi
}

/* The tags API knows ids alone: a tag that comes late is that of whoever has the id by then. */
inline mistell(n_) {
  assert(holderOf[b] == n);
  learn(n_);
  if
  :: mark[b] == LEAVING && (unsettled[b] & BIT(me)) && lagging != 0 -> unsettled[b] = unsettled[b] | A_READ
  :: else
  fi
}
#endif

/* Whoever lives and claims a block takes it from a holder of an older ledger who is gone. */
inline enterFound(x_, y_) {
  if
  :: found[x_] != NOBODY && holderOf[x_] != found[x_] && blockOf[found[x_]] == 0 ->
     if
     :: holderOf[x_] != NOBODY && !LIVES(holderOf[x_]) -> blockOf[holderOf[x_]] = 0; holderOf[x_] = NOBODY
     :: else
     fi;
     if
     :: y_ != x_ && holderOf[y_] != NOBODY && !LIVES(holderOf[y_]) && holderOf[y_] != found[y_] ->
        blockOf[holderOf[y_]] = 0; holderOf[y_] = NOBODY
     :: else
     fi;
     if
     :: !TAKEN(x_) -> holderOf[x_] = found[x_]; blockOf[found[x_]] = x_ + 1
     :: else
     fi
  :: else
  fi
}

/* One read lags at a time. */
inline change(i_, n_) {
  if
  :: lagging == 0 -> lagging = i_ + 1; before = lives[i_]
  :: else
  fi;
  lives[i_] = n_
}

#ifdef RESTORE
inline giveBack(b_) {
  holderOf[b_] = backup[b_];
  mark[b_] = NO_MARK;
  unsettled[b_] = 0;
  if
  :: backup[b_] != NOBODY -> blockOf[backup[b_]] = b_ + 1
  :: else
  fi
}
#endif

#ifdef RESTORE
inline keepBackup() {
  if
  :: !kept -> kept = true; backup[WHOLE] = holderOf[WHOLE]; backup[OTHER] = holderOf[OTHER]; backup[HALF] = holderOf[HALF]
  :: else
  fi
}
#endif

/* ---- steps of a run ---- */

inline readGeneration() {
  busy = busy | BIT(me);
  current[me] = true;
  furthered = false
}

#define IF_CALM(condition) (!calm || (condition))
#define ENTER(n_) \
  :: adopted && born[n_] && gives[n_] && blockOf[n_] == 0 && !TAKEN(HALF) && IF_CALM(LIVES(n_)) -> \
     n = n_; b = HALF; goto entering
#define MAY_HAND_OUT(b_) (adopted && !TAKEN(b_))
#define HAS_NO_BLOCK(n_) (blockOf[n_] == 0)
#ifdef NOT_ADOPTED
#undef MAY_HAND_OUT
#define MAY_HAND_OUT(b_) (!TAKEN(b_))
#endif
#ifdef SECOND_HOLDER
#undef MAY_HAND_OUT
#define MAY_HAND_OUT(b_) adopted
#endif
#ifdef SECOND_BLOCK
#undef HAS_NO_BLOCK
#define HAS_NO_BLOCK(n_) true
#endif
#ifdef CLAIM_BY_TAG_ONLY
#undef HAS_NO_BLOCK
#define HAS_NO_BLOCK(n_) (told[n_] == 0)
#endif
#ifdef LATE_TAG
#undef HAS_NO_BLOCK
#define HAS_NO_BLOCK(n_) (blockOf[n_] == 0 && told[n_] == 0)
#endif
#define HAND_OUT(n_, b_) \
  :: MAY_HAND_OUT(b_) && born[n_] && !gives[n_] && HAS_NO_BLOCK(n_) && IF_CALM(LIVES(n_)) -> \
     n = n_; b = b_; goto handing
#ifdef NOTHING_FOLLOWS
#define COMPLETE(b_)
#else
#define COMPLETE(b_) \
  :: holderOf[b_] != NOBODY && IF_CALM(LIVES(holderOf[b_])) && (mark[b_] != NO_MARK || \
     told[holderOf[b_]] != b_ + 1 || (b_ != HALF && route[b_] != holderOf[b_])) -> \
     n = holderOf[b_]; b = b_; m = mark[b_]; goto completing
#endif
#define LEAVE(b_) \
  :: holderOf[b_] != NOBODY && mark[b_] != LEAVING && IF_CALM(!LIVES(holderOf[b_]) && route[b_] == NOBODY) -> \
     n = holderOf[b_]; b = b_; m = mark[b_]; goto leaving
#define DROP(b_) \
  :: route[b_] != NOBODY && IF_CALM(!LIVES(route[b_])) -> b = b_; goto dropping

/* What the ledger holds says what there may be to do. */
inline readBlocks() {
  if
  :: !adopted -> goto adopting
  ENTER(FIRST) ENTER(AGAIN)
  HAND_OUT(FIRST, WHOLE) HAND_OUT(AGAIN, WHOLE) HAND_OUT(SECOND, WHOLE) HAND_OUT(THIRD, WHOLE)
  HAND_OUT(FIRST, OTHER) HAND_OUT(AGAIN, OTHER) HAND_OUT(SECOND, OTHER) HAND_OUT(THIRD, OTHER)
  COMPLETE(WHOLE) COMPLETE(OTHER) COMPLETE(HALF)
  LEAVE(WHOLE) LEAVE(OTHER) LEAVE(HALF)
  DROP(WHOLE) DROP(OTHER)
  :: !calm -> goto over
  fi
}

inline crash() {
  if
  :: !calm -> goto over
  :: true
  fi
}

/* The list and the tables, or one node by its id and its block's route. */
inline readCloud() {
  seeNode();
  seeRoute()
#ifdef LATE_TAG
  ;
  seeClaim()
#endif
}

/* All claims of the living, and all routes. */
inline readAllOfTheCloud() {
  k = 1;
  do
  :: k < HOLDERS ->
     if
#ifndef ADOPTS_NO_CLAIMS
     :: SEEN_ALIVE(k) && gives[k] -> found[HALF] = k
     :: SEEN_ALIVE(k) && !gives[k] && told[k] != 0 -> found[told[k] - 1] = k
#endif
#ifdef INCOMPLETE_ADOPTION
     :: true
#endif
     :: SEEN_GONE(k) || (!gives[k] && told[k] == 0)
#ifdef ADOPTS_NO_CLAIMS
     :: true
#endif
     fi;
     k++
  :: else -> break
  od;
  k = 0;
#ifndef ADOPTS_NO_ROUTES
  do
  :: k < HALF ->
     if
     :: found[k] == NOBODY -> found[k] = route[k]
     :: else
     fi;
     k++
  :: else -> break
  od;
  k = 0
#endif
}

inline adopt() {
  transact();
  enterFound(HALF, WHOLE);
  enterFound(WHOLE, HALF);
  enterFound(OTHER, OTHER);
  adopted = true;
#ifdef RESTORE
  keepBackup();
#endif
  replaceGeneration()
}

inline enterClaim() {
  transact();
#ifdef NO_GENERATION
  if :: holderOf[b] == NOBODY && blockOf[n] == 0 :: else -> goto over fi;
#endif
  holderOf[b] = n;
  blockOf[n] = b + 1;
  replaceGeneration()
}

inline handOut() {
  transact();
#ifdef NO_GENERATION
  if :: holderOf[b] == NOBODY && blockOf[n] == 0 :: else -> goto over fi;
#endif
  holderOf[b] = n;
  blockOf[n] = b + 1;
  replaceGeneration()
}

inline eraseMark() {
  transact();
#ifdef NO_GENERATION
  if :: holderOf[b] == n :: else -> goto over fi;
#endif
  mark[b] = NO_MARK;
  unsettled[b] = 0;
  replaceGeneration()
}

inline markLeaving() {
  transact();
#ifdef NO_GENERATION
  if :: holderOf[b] == n && mark[b] == NO_MARK :: else -> goto over fi;
#endif
  mark[b] = LEAVING;
#ifdef NO_WAIT
  unsettled[b] = 0;
#else
#ifdef RUNS_LAST_LONGER
  unsettled[b] = (lagging != 0 -> A_READ : 0);
#else
  unsettled[b] = busy | (lagging != 0 -> A_READ : 0);
#endif
#endif
  replaceGeneration()
}

inline release() {
#ifdef MARK_UNCHECKED
  if :: !calm -> goto over :: true fi;
#else
  transact();
#ifdef NO_GENERATION
  if :: holderOf[b] == n && mark[b] == LEFT :: else -> goto over fi;
#endif
#endif
  assert(holderOf[b] == NOBODY || !LIVES(holderOf[b]));
  assert(route[b] == NOBODY);
  holderOf[b] = NOBODY;
  mark[b] = NO_MARK;
  unsettled[b] = 0;
#ifndef SPLIT_RELEASE
  blockOf[n] = 0;
#endif
#if defined(LATE_TAG) && !defined(FREED_UNCLAIMED)
  holderOf[b] = found[b];
  if
  :: found[b] != NOBODY -> blockOf[found[b]] = b + 1
  :: else
  fi;
#endif
  replaceGeneration()
}

/* A tag of a machine that is gone is none. Nothing is written for whoever holds the block no more. */
inline writeTag() {
  if
#ifdef NO_INCARNATION
  :: lives[ID(n)] != NOBODY -> learn(lives[ID(n)])
#else
  :: LIVES(n) -> assert(holderOf[b] == n); learn(n)
#ifdef TAG_BY_ID
  :: !LIVES(n) && lives[ID(n)] != NOBODY -> learn(lives[ID(n)])
#endif
#ifdef LATE_TAG
  :: n == FIRST && LIVES(AGAIN) && told[AGAIN] == 0 && blockOf[AGAIN] == 0 -> mistell(AGAIN)
#endif
#endif
  :: else
  fi
}

/* EC2 refuses a target that is gone, and takes a route whatever there is; Azure the other way round. */
#ifdef AZURE
#define TAKES_ROUTE untouched[me]
#define TAKES_REMOVAL untouched[me]
#else
#define TAKES_ROUTE LIVES(n)
#define TAKES_REMOVAL true
#endif

inline writeRoute() {
  if
  :: b != HALF && seen != n && TAKES_ROUTE ->
     assert(holderOf[b] == n);
     assert(route[b] == n || route[b] == NOBODY || !LIVES(route[b]));
     if
     :: route[b] != n -> setRoute(n)
     :: else
     fi
  :: else
  fi
}

/* R4: proven dead. */
inline dropRoute() {
  if
  :: TAKES_REMOVAL ->
#ifdef NEVER_BLIND
     assert(route[b] == NOBODY || !LIVES(route[b]));
#endif
     if
     :: route[b] != NOBODY -> setRoute(NOBODY)
     :: else
     fi
  :: else
  fi
}

proctype Run(byte me) {
  byte b, n, m, seen, k;
  bool alive;
  byte found[BLOCKS];

end_between:
  /* Of two runs, the first is whichever begins first. */
  atomic { (calm -> me == 0 && !CONVERGED : me == 0 || (busy & BIT(0))) -> readGeneration() }
  atomic { readBlocks() }

adopting:
  atomic { crash(); readAllOfTheCloud() }
  atomic { adopt(); goto over }

entering:
  atomic { crash(); readCloud(); if :: alive -> alive = false :: else -> goto over fi; enterClaim(); goto writing }

handing:
  atomic {
    crash();
    readCloud();
    if :: alive -> alive = false :: else -> goto over fi;
#ifdef LATE_TAG
    if :: told[n] == 0 :: else -> goto over fi;
#endif
#ifdef GENERATION_READ_LAST
    current[me] = true;
#endif
#ifndef SEPARATE_WRITES
    handOut();
    goto writing
#endif
  }
#ifdef SEPARATE_WRITES
  atomic { if :: current[me] :: else -> goto over fi }
  atomic { current[me] = true; handOut(); goto writing }
#endif

completing:
  atomic {
    crash();
    readCloud();
    if :: alive :: else -> goto over fi;
#ifndef MARK_STAYS
    if :: m != NO_MARK -> eraseMark() :: else fi;
#endif
    current[me] = false;
    m = NO_MARK;
    alive = false
  }

writing:
  atomic { crash(); writeTag(); crash(); writeRoute(); goto over }

leaving:
  atomic {
    crash();
#ifdef NOT_FOUND_AGAIN
    if :: m == LEFT -> goto gone :: else fi;
#endif
    readCloud();
#ifdef LIST_IS_PROOF
    if :: !calm -> alive = false :: true fi;
#endif
#ifdef UNREAD_TABLE
    if :: !calm -> seen = NOBODY :: true fi;
#endif
#ifdef ROUTE_IGNORED
    seen = NOBODY;
#endif
    if
    :: !alive && seen == NOBODY
    :: else -> goto over
    fi
  }
gone:
  atomic {
    if
#ifndef ONE_LOOK
    :: m == NO_MARK -> markLeaving()
#endif
    :: else -> release()
    fi;
    goto over
  }

dropping:
  atomic {
    crash();
    current[me] = false;
    seeRoute();
    n = seen;
    if :: n == NOBODY -> goto over :: else fi;
    seeNode();
    if :: alive -> goto over :: else fi
  }
  atomic { crash(); dropRoute() }

over:
  atomic {
    assert(!calm || furthered);
    b = 0; n = 0; m = 0; seen = 0; k = 0; alive = false;
    found[WHOLE] = 0; found[OTHER] = 0; found[HALF] = 0;
    busy = busy & ~BIT(me);
    unsettled[WHOLE] = unsettled[WHOLE] & ~BIT(me);
    unsettled[OTHER] = unsettled[OTHER] & ~BIT(me);
    unsettled[HALF] = unsettled[HALF] & ~BIT(me);
    current[me] = false;
    untouched[me] = false;
    goto end_between
  }
}

/* ---- steps of the world ---- */

inline launch(n_) {
  born[n_] = true;
  change(ID(n_), n_)
}

inline terminate(i_) {
  change(i_, NOBODY)
}

inline catchUp() {
  lagging = 0;
  before = 0;
  unsettled[WHOLE] = unsettled[WHOLE] & ~A_READ;
  unsettled[OTHER] = unsettled[OTHER] & ~A_READ;
  unsettled[HALF] = unsettled[HALF] & ~A_READ
}

inline passQuarter(b_) {
  mark[b_] = LEFT
}

#ifdef RESTORE
/* While no run is under way, and once reads agree. */
inline restore() {
  restored = true;
  blockOf[FIRST] = 0; blockOf[AGAIN] = 0; blockOf[SECOND] = 0; blockOf[THIRD] = 0;
  giveBack(WHOLE);
  giveBack(OTHER);
  giveBack(HALF);
#ifndef RESTORED_AS_ADOPTED
  adopted = false
#endif
}
#endif

inline settle() {
  calm = true;
  catchUp()
}

proctype World() {
end_world:
  do
#ifdef REUSE
  :: atomic { !calm && !born[AGAIN] && lives[0] == NOBODY && lagging != 1 -> launch(AGAIN) }
#endif
#ifdef RESTORE
  :: atomic { !calm && kept && !restored && busy == 0 && lagging == 0 -> restore() }
#endif
  :: atomic { !calm && lives[0] == FIRST -> terminate(0) }
#ifndef REUSE
  :: atomic { !calm && lives[1] == SECOND -> terminate(1) }
#endif
  :: atomic { lagging != 0 -> catchUp() }
  :: atomic { mark[WHOLE] == LEAVING && unsettled[WHOLE] == 0 -> passQuarter(WHOLE) }
  :: atomic { mark[OTHER] == LEAVING && unsettled[OTHER] == 0 -> passQuarter(OTHER) }
  :: atomic { mark[HALF] == LEAVING && unsettled[HALF] == 0 -> passQuarter(HALF) }
#ifdef BLOCKS_EXPIRE
  :: atomic { holderOf[WHOLE] != NOBODY -> blockOf[holderOf[WHOLE]] = 0; holderOf[WHOLE] = NOBODY }
#endif
  :: atomic { !calm && busy == 0 -> settle() }
  od
}

init {
  atomic {
    born[FIRST] = true; lives[0] = FIRST;
    born[THIRD] = true; lives[2] = THIRD;
#ifdef REUSE
    adopted = true;
#ifndef LATE_TAG
    gives[AGAIN] = true;
#endif
    born[SECOND] = true; lives[1] = SECOND;
#else
    gives[FIRST] = true; told[FIRST] = HALF + 1;
    born[SECOND] = true; lives[1] = SECOND;
#ifndef RESTORE
    route[OTHER] = SECOND;
#endif
#endif
    run World();
    run Run(0);
    run Run(1)
  }
}
