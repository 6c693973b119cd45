/*
 * R4's second look as a model: one table with two routes and its entry in the ledger, two full runs at once.
 * docs/ledger-protocol.md says what it covers, what it leaves out, and what each macro that leaves out a part of the
 * rule is for. Each inline below a line "steps" is one step.
 */
#define ROUTES 2
/* In ticks of a third of an hour or less: two looks within 1.5 intervals are a tick apart, and grace takes two. */
#define GRACE 2
#define VOID 2
#define TICKS 3

/* The cloud. A route leads to node 1 or 2 (0: it is not there), which claims it or not, and lives or not. */
byte hop[ROUTES];
bool claimed[ROUTES], dead[ROUTES];
/* What a read may tell instead of the truth: route + 1, and what was there before. */
byte lagging, before;

/* What a look finds of a route: 0 where nothing waits, else its next hop and whether it is vacant or withdrawn. */
#define NOTHING 0
#define WAITS(d) ((hop[d] == 0 || claimed[d]) -> NOTHING : hop[d] * 2 + (dead[d] -> 1 : 0))
#define HOP(found) ((found) / 2)
#define IS_VACANT(found) ((found) % 2 == 1)

/* The ledger's entry of the table: what was found, and for how many ticks since the first and the last look. */
byte sighting[ROUTES], since[ROUTES], renewed[ROUTES];
/* Nodes that have paid, bit by bit. The budget is one. */
byte spent;
/* Whether the entry is as this run has read it. */
bool current[2];
/* Ticks since this run has read it. */
byte age[2];

/* What the rule means, kept beside the ledger by what runs have seen: no run reads it. */
byte proof[ROUTES], provenSince[ROUTES], provenAt[ROUTES];
/* Whether this run saw the first route claimed, and an earlier sighting may still be there. */
bool survives[2];
/* Living nodes that have lost a route because they claimed it no more, bit by bit. */
byte lost;

byte busy;
bool calm;
byte rounds;

#define BIT(i) (1 << (i))
#define LATER(x) ((x) < TICKS -> (x) + 1 : TICKS)
#define LESS(x, y) ((x) > (y) -> (x) - (y) : 0)

#ifdef ANY_NEXT_HOP
#define SAME_HOP(x, y) true
#else
#define SAME_HOP(x, y) (HOP(x) == HOP(y))
#endif
#ifdef ANY_REASON
#define SAME_REASON(x, y) true
#else
#define SAME_REASON(x, y) (IS_VACANT(x) == IS_VACANT(y))
#endif
#ifdef ANY_DESTINATION
#define AT(d) 0
#else
#define AT(d) (d)
#endif
#ifdef NEVER_VOID
#define IS_VOID(d) false
#else
#define IS_VOID(d) (LESS(renewed[AT(d)], age[me]) >= VOID)
#endif
#define IS_SAME(d) (SAME_HOP(sighting[AT(d)], found[d]) && SAME_REASON(sighting[AT(d)], found[d]))
#define GOES_ON(d) (sighting[AT(d)] != NOTHING && IS_SAME(d) && !IS_VOID(d))
#ifdef NO_GRACE
#define HAS_WAITED(d) GOES_ON(d)
#else
#define HAS_WAITED(d) (GOES_ON(d) && LESS(since[AT(d)], age[me]) >= GRACE)
#endif

#define ONE_AT_MOST(set) ((set) == 0 || (set) == BIT(1) || (set) == BIT(2))

inline forget(d_) {
  survives[0] = survives[0] && d_ != 0;
  survives[1] = survives[1] && d_ != 0
}

/* What the looks of runs that have written prove, whatever the entry says. */
inline prove(d_) {
  if
  :: found[d_] == NOTHING -> proof[d_] = NOTHING; provenSince[d_] = 0; provenAt[d_] = 0
  :: found[d_] != NOTHING && proof[d_] == found[d_] && LESS(provenAt[d_], age[me]) < VOID ->
     provenAt[d_] = age[me]
  :: else -> proof[d_] = found[d_]; provenSince[d_] = age[me]; provenAt[d_] = age[me]
  fi
}

inline see(d_) {
  if
  :: found[d_] = WAITS(d_)
  :: lagging == d_ + 1 && before != WAITS(d_) -> found[d_] = before
  fi;
#ifdef INCOMPLETE_COUNTS
  if
  :: !calm && found[d_] == NOTHING && hop[d_] != 0 -> found[d_] = hop[d_] * 2; mistaken = true
  :: true
  fi;
#endif
  if
  :: d_ == 0 && found[d_] == NOTHING -> survives[me] = true
  :: else
  fi
}

inline record(d_) {
  if
#ifdef KEEPS_CLAIMED
  :: found[d_] == NOTHING
#else
  :: found[d_] == NOTHING -> sighting[AT(d_)] = NOTHING; since[AT(d_)] = 0; renewed[AT(d_)] = 0; forget(d_)
#endif
  :: found[d_] != NOTHING && GOES_ON(d_) ->
     sighting[AT(d_)] = found[d_];
#ifndef NEVER_RENEWED
     renewed[AT(d_)] = age[me]
#endif
  :: found[d_] != NOTHING && !GOES_ON(d_) ->
#ifdef KEEPS_CHANGED
     if
     :: sighting[AT(d_)] != NOTHING && !IS_SAME(d_) && !IS_VOID(d_)
     :: else -> since[AT(d_)] = age[me]
     fi;
#else
     since[AT(d_)] = age[me];
#endif
     sighting[AT(d_)] = found[d_]; renewed[AT(d_)] = age[me]; forget(d_)
  fi;
  prove(d_)
}

/* The rule: found so by complete looks, each renewed in time, for as long as grace lasts. */
inline checkDue(d_) {
  assert(!(due & BIT(d_)) || (!mistaken && proof[d_] == found[d_] && provenSince[d_] >= GRACE))
}

inline deleteRoute(d_) {
  if
  :: (due & BIT(d_)) && WAITS(d_) == found[d_] ->
#ifdef NOT_WRITTEN
     checkDue(d_);
#endif
#ifdef BUDGET
     lost = lost | BIT(hop[d_]);
     assert(ONE_AT_MOST(lost));
#endif
     hop[d_] = 0;
     dead[d_] = false
  :: else
  fi
}

inline change(d_) {
  if
  :: lagging == 0 -> lagging = d_ + 1; before = WAITS(d_)
  :: true
  fi
}

/* ---- steps of a run ---- */

inline crash() {
  if
  :: !calm -> goto over
  :: true
  fi
}

inline readEntry() {
  current[me] = true;
  age[me] = 0;
  known[0] = sighting[AT(0)] != NOTHING;
  known[1] = sighting[AT(1)] != NOTHING
#ifdef UNVERSIONED
  ;
  copy[0] = sighting[0]; copy[1] = sighting[1];
  copySince[0] = since[0]; copySince[1] = since[1];
  copyRenewed[0] = renewed[0]; copyRenewed[1] = renewed[1]
#endif
}

inline look() {
  see(0);
  see(1)
}

#define IS_DUE(d) (found[d] != NOTHING && HAS_WAITED(d))
#define CHARGES(d) (IS_DUE(d) && !IS_VACANT(found[d]))
#define PAYERS ((CHARGES(0) -> BIT(HOP(found[0])) : 0) | (CHARGES(1) -> BIT(HOP(found[1])) : 0))

/* Withdrawn routes go where the budget is enough for all of them. */
inline decide() {
  if
  :: ONE_AT_MOST(spent | PAYERS) ->
#ifdef BUDGET
     pays = PAYERS;
#endif
     due = (IS_DUE(0) -> BIT(0) : 0) | (IS_DUE(1) -> BIT(1) : 0)
  :: else ->
     due = (IS_DUE(0) && !CHARGES(0) -> BIT(0) : 0) | (IS_DUE(1) && !CHARGES(1) -> BIT(1) : 0)
  fi
}

#define NEWS (due != 0 || SAYS(0) || SAYS(1))
#define SAYS(d) ((found[d] != NOTHING || known[d]))

inline writeEntry() {
#ifdef UNVERSIONED
  sighting[0] = copy[0]; sighting[1] = copy[1];
  since[0] = copySince[0]; since[1] = copySince[1];
  renewed[0] = copyRenewed[0]; renewed[1] = copyRenewed[1];
#endif
  record(0);
  record(1);
  spent = spent | pays;
  pays = 0;
  current[0] = false;
  current[1] = false
}

/*
 * A refusal is no end of it: whoever saw a route claimed erases the sighting of it that it has read, in the entry that
 * is there by then.
 */
inline eraseClaimed() {
  if
  :: found[0] == NOTHING && known[0] -> record(0)
  :: else
  fi;
  if
  :: found[1] == NOTHING && known[1] -> record(1)
  :: else
  fi;
  current[1 - me] = false
}

/* What is claimed or changed by now does not go. */
inline lookAgain() {
  if
  :: (due & BIT(0)) && WAITS(0) != found[0] && !(lagging == 1 && before == found[0]) -> due = due & ~BIT(0)
  :: else
  fi;
  if
  :: (due & BIT(1)) && WAITS(1) != found[1] && !(lagging == 2 && before == found[1]) -> due = due & ~BIT(1)
  :: else
  fi
}

inline deleteRoutes() {
  deleteRoute(0);
  deleteRoute(1)
}

proctype Run(byte me) {
  byte found[ROUTES];
  byte due, pays;
  bool isRead, mistaken;
  /* Whether the entry that this run has read had a sighting. */
  bool known[ROUTES];
#ifdef UNVERSIONED
  byte copy[ROUTES], copySince[ROUTES], copyRenewed[ROUTES];
#endif

end_between:
  /* Of two runs, the first is whichever begins first. The entry is read beside the cloud, so before or after it. */
  atomic {
    (calm -> me == 0 && rounds % 2 == 1 : me == 0 || (busy & BIT(0))) ->
    busy = busy | BIT(me);
    if
    :: readEntry(); isRead = true
    :: !calm -> look(); isRead = false
    fi
  }
  atomic {
    crash();
    if
    :: isRead -> look(); isRead = false
    :: else ->
#ifdef UNREAD_GOES
       if
       :: found[0] != NOTHING -> due = BIT(0); checkDue(0); goto deleting
       :: true
       fi;
#endif
       readEntry()
    fi;
    decide()
  }

writing:
  atomic {
    if
    :: !calm -> goto over
    :: !NEWS -> goto done
#ifdef UNVERSIONED
    :: NEWS -> writeEntry()
#else
    :: NEWS && current[me] -> writeEntry()
    :: NEWS && !current[me] -> goto refused
#endif
#ifdef NOT_WRITTEN
    :: due != 0 -> goto deleting
#endif
    fi;
    checkDue(0);
    checkDue(1);
    if
    :: due == 0 -> goto done
    :: else -> goto deleting
    fi
  }

refused:
#ifdef WRITTEN_AT_ANY_VERSION
  atomic {
    if
    :: due != 0 -> writeEntry(); checkDue(0); checkDue(1); goto deleting
    :: else
    fi
  }
#endif
#ifdef REFUSED_GOES
  atomic {
    if
    :: due != 0 -> checkDue(0); checkDue(1); goto deleting
    :: else
    fi
  }
#endif
#ifndef REFUSED_ERASURE_IS_DROPPED
  atomic { crash(); eraseClaimed() }
#endif
  goto done;

deleting:
  atomic { crash(); lookAgain(); deleteRoutes() }

done:
  atomic { assert(!survives[me] || !known[0] || sighting[0] == NOTHING) }

over:
  atomic {
    found[0] = 0; found[1] = 0; due = 0; pays = 0;
    mistaken = false;
    known[0] = false; known[1] = false;
#ifdef UNVERSIONED
    copy[0] = 0; copy[1] = 0; copySince[0] = 0; copySince[1] = 0; copyRenewed[0] = 0; copyRenewed[1] = 0;
#endif
    busy = busy & ~BIT(me);
    survives[me] = false;
    current[me] = false;
    age[me] = 0;
    if
    :: calm -> rounds++
    :: else
    fi;
    goto end_between
  }
}

/* ---- steps of the world ---- */

inline withdraw(d_) {
  if :: d_ == 0 -> change(d_) :: else fi;
  claimed[d_] = false
}

/* The node claims its block again, and a route that is there no more is made. */
inline claim(d_) {
  change(d_);
  claimed[d_] = true;
  hop[d_] = (hop[d_] == 0 -> d_ + 1 : hop[d_])
}

inline terminate(d_) {
  claimed[d_] = false;
  dead[d_] = true
}

/* Somebody leads the route to another node, which lives. */
inline reroute(d_) {
  hop[d_] = 3 - hop[d_];
  dead[d_] = false
}

inline catchUp() {
  lagging = 0;
  before = 0
}

inline passTick() {
  since[0] = (sighting[0] == NOTHING -> 0 : LATER(since[0]));
  since[1] = (sighting[1] == NOTHING -> 0 : LATER(since[1]));
  renewed[0] = (sighting[0] == NOTHING -> 0 : LATER(renewed[0]));
  renewed[1] = (sighting[1] == NOTHING -> 0 : LATER(renewed[1]));
  provenSince[0] = (proof[0] == NOTHING -> 0 : LATER(provenSince[0]));
  provenSince[1] = (proof[1] == NOTHING -> 0 : LATER(provenSince[1]));
  provenAt[0] = (proof[0] == NOTHING -> 0 : LATER(provenAt[0]));
  provenAt[1] = (proof[1] == NOTHING -> 0 : LATER(provenAt[1]));
  age[0] = (busy & BIT(0) -> LATER(age[0]) : 0);
  age[1] = (busy & BIT(1) -> LATER(age[1]) : 0)
}

inline settle() {
  calm = true;
  catchUp()
}

#define STAYS_FOR_LIFE(d) (claimed[d] || hop[d] == 0)
#define OVER_BUDGET(d) (hop[d] != 0 && !claimed[d] && !dead[d] && !ONE_AT_MOST(spent | ALL_WITHDRAWN))
#define ALL_WITHDRAWN ((hop[0] != 0 && !claimed[0] && !dead[0] -> BIT(hop[0]) : 0) | (hop[1] != 0 && !claimed[1] && !dead[1] -> BIT(hop[1]) : 0))

proctype World() {
end_world:
  do
  :: atomic { !calm && claimed[0] -> withdraw(0) }
  :: atomic { !calm && claimed[1] -> withdraw(1) }
#ifndef BUDGET
  :: atomic { !calm && !claimed[0] && !dead[0] -> claim(0) }
  :: atomic { !calm && hop[0] != 0 && !dead[0] && lagging == 0 -> terminate(0) }
  :: atomic { !calm && hop[0] != 0 && !claimed[0] && lagging == 0 -> reroute(0) }
#endif
  :: atomic { lagging != 0 -> catchUp() }
  :: atomic { !calm && !(busy & BIT(0)) && age[1] == 0 -> passTick() }
  :: atomic { !calm && busy == 0 -> settle(); rounds = 1 }
  :: atomic { calm && rounds % 2 == 0 && rounds < 10 -> passTick(); rounds++ }
  :: atomic {
       calm && rounds == 10 ->
       assert(STAYS_FOR_LIFE(0) || OVER_BUDGET(0));
       assert(STAYS_FOR_LIFE(1) || OVER_BUDGET(1));
       rounds = 12
     }
  od
}

init {
  atomic {
    hop[0] = 1; claimed[0] = true;
#ifdef BUDGET
    hop[1] = 2; claimed[1] = true;
#endif
    run World();
    run Run(0);
    run Run(1)
  }
}
